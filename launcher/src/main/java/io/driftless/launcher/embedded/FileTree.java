package io.driftless.launcher.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory of ours with everything below it. */
record FileTree(Path top) {
    void delete() throws IOException {
        for (Path path : deepestFirst()) {
            Files.delete(path);
        }
    }

    /** Makes everything durable: by one sync of the file system, or else one by one. */
    void force() throws IOException {
        if (Command.of("sync", "-f", top.toString()).succeeds()) {
            return;
        }
        for (Path path : deepestFirst()) {
            if (!Files.isSymbolicLink(path)) {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        }
    }

    /** Gives everything to a user; nothing is done where the top is that user's already. */
    void giveTo(int uid) throws IOException {
        if (Files.getAttribute(top, "unix:uid").equals(uid)) {
            return;
        }
        for (Path path : deepestFirst()) {
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private List<Path> deepestFirst() throws IOException {
        if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(top)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }
}
