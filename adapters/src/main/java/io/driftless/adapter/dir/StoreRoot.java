package io.driftless.adapter.dir;

import io.driftless.port.ObjectKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The directories of a store. A directory is used once its own entry in its parent is durable. The
 * directory of begun files shows that the root is the store's: no key begins with a dot.
 */
final class StoreRoot {
    private static final String BEGUN = ".begun";

    /** More are forgotten, and made sure of again when they are next used. */
    private static final int MAX_KNOWN = 100_000;

    private final Path root;
    private final DirectoryFlush flush = new DirectoryFlush();
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    StoreRoot(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    Path path() {
        return root;
    }

    Path begun() {
        return root.resolve(BEGUN);
    }

    /** A key has no dot segments and no empty ones, so the file lies below the root. */
    Path file(ObjectKey key) {
        return root.resolve(key.value());
    }

    Path make() throws IOException {
        Files.createDirectories(root);
        Files.createDirectories(begun());
        flush.flush(root);
        return root;
    }

    /** Fails where the root is not there, or is not the store's. */
    void check() {
        if (!Files.isDirectory(begun(), LinkOption.NOFOLLOW_LINKS)) {
            throw StoreErrors.unavailable("The store's directory " + root + " is not there.", null);
        }
    }

    /** Makes a whole file an object of the store. Afterwards it is durable. */
    Path moveIn(Path written, ObjectKey key) throws IOException {
        Path file = file(key);
        Path parent = parent(file);
        try {
            makeDurable(parent);
            try {
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (NoSuchFileException parentWasRemoved) {
                durable.remove(parent);
                makeDurable(parent);
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            Files.deleteIfExists(written);
        }
        flush.flush(parent);
        return file;
    }

    private void makeDurable(Path directory) throws IOException {
        if (directory.equals(root) || durable.contains(directory)) {
            return;
        }
        Path parent = parent(directory);
        makeDurable(parent);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException there) {
            // Made by another put, another process or an earlier run; is it durable?
        }
        flush.flush(parent);
        if (durable.size() >= MAX_KNOWN) {
            durable.clear();
        }
        durable.add(directory);
    }

    private static Path parent(Path below) throws NoSuchFileException {
        Path parent = below.getParent();
        if (parent == null) {
            throw new NoSuchFileException(below.toString());
        }
        return parent;
    }
}
