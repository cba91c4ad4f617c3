package io.driftless.testkit.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A small source with a bit of everything, and edits of it. */
final class SampleSource {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    private final Path root;
    private final Random random = new Random(42);

    SampleSource(Path root) {
        this.root = root;
    }

    void make() throws IOException {
        Files.createDirectories(at("empty"));
        for (int directory = 0; directory < 6; directory++) {
            for (int file = 0; file < 8; file++) {
                write("d%d/sub/f%d".formatted(directory, file), file * 3 * KIB);
            }
        }
        write("several blocks", 3 * MIB);
        write("larger than what is held in memory", 9 * MIB);
        write("Ünïcode/名前 with spaces\nand a line", 10);
        Files.createSymbolicLink(at("d0/link"), Path.of("sub/f1"));
        Files.createSymbolicLink(at("dangling"), Path.of("/nowhere/at/all"));
        mode("d1/sub/f1", "rwxr-x--x");
        mode("d1/sub/f2", "r--r-----");
        mode("d2", "rwx------");
        modified("d3/sub/f3", Instant.parse("1999-12-31T23:59:59.123456789Z"));
        modified("d3/sub", Instant.parse("2001-01-01T00:00:00.5Z"));
    }

    void edit() throws IOException {
        write("d0/sub/f0", 5 * KIB);
        Files.write(at("several blocks"), List.of("and more"), StandardOpenOption.APPEND);
        Files.delete(at("d0/sub/f7"));
        delete(at("d4"));
        Files.move(at("d5"), at("moved"), StandardCopyOption.ATOMIC_MOVE);
        write("new/deep/er/file", 100 * KIB);
        mode("d1/sub/f3", "rw-rw-rw-");
        Files.delete(at("dangling"));
        Files.createSymbolicLink(at("dangling"), Path.of("elsewhere"));
        Files.delete(at("d1/sub/f4"));
        Files.createDirectory(at("d1/sub/f4"));
        delete(at("d2/sub"));
        write("d2/sub", 1);
        modified("d3/sub/f4", Instant.parse("2010-10-10T10:10:10.000000001Z"));
    }

    private Path at(String path) {
        return root.resolve(path);
    }

    private void write(String path, int size) throws IOException {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        Files.createDirectories(at(path).getParent());
        Files.write(at(path), bytes);
    }

    private void mode(String path, String permissions) throws IOException {
        Files.setPosixFilePermissions(at(path), PosixFilePermissions.fromString(permissions));
    }

    private void modified(String path, Instant time) throws IOException {
        Files.getFileAttributeView(
                        at(path), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(time), null, null);
    }

    private static void delete(Path top) throws IOException {
        try (Stream<Path> paths = Files.walk(top)) {
            paths.sorted(Comparator.reverseOrder()).forEach(SampleSource::deleteOne);
        }
    }

    private static void deleteOne(Path path) {
        try {
            Files.delete(path);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
