package io.driftless.testkit.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Everything below a directory as text: kind, mode, time and bytes of each path. */
final class DiskTree {
    private static final Path OURS = Path.of(".driftless");

    private DiskTree() {}

    static Map<String, String> of(Path root) {
        try (Stream<Path> paths = Files.walk(root)) {
            Map<String, String> tree = new TreeMap<>();
            for (Path path : (Iterable<Path>) paths::iterator) {
                Path relative = root.relativize(path);
                if (!path.equals(root) && !relative.startsWith(OURS)) {
                    tree.put(relative.toString(), describe(path));
                }
            }
            return tree;
        } catch (IOException changing) {
            throw new UncheckedIOException(changing);
        }
    }

    private static String describe(Path path) throws IOException {
        Map<String, Object> stat =
                Files.readAttributes(
                        path, "unix:mode,uid,gid,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        return "%o %s:%s %s %s"
                .formatted(
                        (Integer) stat.get("mode"),
                        stat.get("uid"),
                        stat.get("gid"),
                        stat.get("lastModifiedTime"),
                        content(path));
    }

    private static String content(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "-> " + Files.readSymbolicLink(path);
        }
        if (Files.isDirectory(path)) {
            return "directory";
        }
        byte[] bytes = Files.readAllBytes(path);
        return bytes.length + " bytes " + digest(bytes);
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
