package io.driftless.adapter.disk;

import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/** Looks at one path without following it. */
final class PortableStat {
    private static final String UNIX =
            "unix:mode,uid,gid,size,lastModifiedTime,ctime,dev,ino,nlink";
    private static final int KIND_BITS = 0170000;

    private PortableStat() {}

    static Stat of(Path path) throws IOException {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? unix(Files.readAttributes(path, UNIX, LinkOption.NOFOLLOW_LINKS))
                : basic(
                        Files.readAttributes(
                                path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }

    private static Stat unix(Map<String, Object> attributes) {
        int mode = number(attributes, "mode").intValue();
        Stat.Kind kind =
                switch (mode & KIND_BITS) {
                    case 0100000 -> Stat.Kind.FILE;
                    case 0040000 -> Stat.Kind.DIRECTORY;
                    case 0120000 -> Stat.Kind.SYMLINK;
                    default -> Stat.Kind.OTHER;
                };
        Metadata metadata =
                new Metadata(
                        kind == Stat.Kind.SYMLINK ? 0777 : mode & 07777,
                        number(attributes, "uid").intValue(),
                        number(attributes, "gid").intValue(),
                        timestamp(attributes, "lastModifiedTime"));
        return new Stat(
                kind,
                kind == Stat.Kind.FILE ? number(attributes, "size").longValue() : 0,
                metadata,
                timestamp(attributes, "ctime"),
                device(number(attributes, "dev").longValue()),
                number(attributes, "ino").longValue(),
                number(attributes, "nlink").intValue());
    }

    /** Numbered as the Linux adapter does, so that what one of them applied the other one knows. */
    private static long device(long packed) {
        long major = ((packed >>> 8) & 0xfff) | ((packed >>> 32) & 0xffff_f000L);
        long minor = (packed & 0xff) | ((packed >>> 12) & 0xffff_ff00L);
        return major << 32 | minor;
    }

    private static Number number(Map<String, Object> attributes, String name) {
        return (Number) Objects.requireNonNull(attributes.get(name), name);
    }

    private static Timestamp timestamp(Map<String, Object> attributes, String name) {
        return timestamp((FileTime) Objects.requireNonNull(attributes.get(name), name));
    }

    private static Timestamp timestamp(FileTime time) {
        Instant instant = time.toInstant();
        return new Timestamp(instant.getEpochSecond(), instant.getNano());
    }

    /**
     * Where there are neither modes nor owners nor change times, an edit shows in size and
     * modification time alone.
     */
    private static Stat basic(BasicFileAttributes attributes) {
        Stat.Kind kind = kindOf(attributes);
        int mode = kind == Stat.Kind.SYMLINK ? 0777 : kind == Stat.Kind.DIRECTORY ? 0755 : 0644;
        Timestamp modified = timestamp(attributes.lastModifiedTime());
        return new Stat(
                kind,
                kind == Stat.Kind.FILE ? attributes.size() : 0,
                new Metadata(mode, 0, 0, modified),
                modified,
                0,
                Objects.hashCode(attributes.fileKey()),
                1);
    }

    static Stat.Kind kindOf(BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return Stat.Kind.FILE;
        }
        if (attributes.isDirectory()) {
            return Stat.Kind.DIRECTORY;
        }
        return attributes.isSymbolicLink() ? Stat.Kind.SYMLINK : Stat.Kind.OTHER;
    }
}
