package io.driftless.adapter.dir;

import io.driftless.error.SyncException;
import io.driftless.port.ObjectKey;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The keys below a prefix, in order, one directory in memory at a time and those above it. */
final class KeyWalk implements Iterator<ObjectKey> {
    private final StoreRoot root;

    /** What is still to be looked at, the next one on top. */
    private final Deque<Path> waiting = new ArrayDeque<>();

    private Optional<ObjectKey> next = Optional.empty();

    KeyWalk(StoreRoot root, String prefix) {
        this.root = root;
        waiting.push(root.file(new ObjectKey(prefix + "x")).resolveSibling(""));
    }

    @Override
    public boolean hasNext() {
        while (next.isEmpty() && !waiting.isEmpty()) {
            Path path = waiting.pop();
            next = StoreErrors.translated("list", path.toString(), () -> look(path));
        }
        return next.isPresent();
    }

    @Override
    public ObjectKey next() {
        if (!hasNext()) {
            throw new NoSuchElementException("there is no further key");
        }
        ObjectKey found = next.orElseThrow();
        next = Optional.empty();
        return found;
    }

    private Optional<ObjectKey> look(Path path) throws IOException {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return key(path);
        }
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            pushAll(path);
        } else {
            root.check();
        }
        return Optional.empty();
    }

    private void pushAll(Path directory) throws IOException {
        try {
            list(directory).forEach(waiting::push);
        } catch (NoSuchFileException removed) {
            root.check();
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
            names.forEach(found::add);
        }
        found.sort(Collections.reverseOrder());
        return found;
    }

    /** Empty for a file that cannot be ours. */
    private Optional<ObjectKey> key(Path file) {
        try {
            return Optional.of(new ObjectKey(root.path().relativize(file).toString()));
        } catch (SyncException foreign) {
            return Optional.empty();
        }
    }
}
