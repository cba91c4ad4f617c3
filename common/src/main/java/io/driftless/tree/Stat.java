package io.driftless.tree;

import io.driftless.block.Sha256;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;

/**
 * What the file system says of one path without following it. Two equal stats mean, as far as can
 * be known without reading, the same bytes: users cannot set {@code changed} and {@code inode}.
 *
 * @param kind what it is
 * @param sizeBytes for files; 0 for the others
 * @param metadata permission bits, owner and modification time
 * @param changed the inode's own change time (ctime)
 * @param device the file system it is on
 * @param inode its number there
 * @param links hard links to it
 */
public record Stat(
        Kind kind,
        long sizeBytes,
        Metadata metadata,
        Timestamp changed,
        long device,
        long inode,
        int links) {
    /**
     * What is at a path. {@code OTHER} are FIFOs, sockets and devices. The number is part of the
     * formats.
     */
    public enum Kind {
        FILE,
        DIRECTORY,
        SYMLINK,
        OTHER
    }

    /** Of file systems that keep no parts of seconds, at worst. */
    private static final Duration COARSE_GRAIN = Duration.ofSeconds(2);

    /**
     * True where the content may change once more, or did, without a new time: it changed within
     * the grain of the file system's clock before the look, or later than our clock says it is.
     * Times without parts of a second, both of them, are most likely of a file system that keeps
     * whole or even seconds.
     *
     * @param grain of clocks that are finer
     */
    public boolean isRacy(Instant now, Duration grain) {
        boolean isCoarse = changed.nanos() == 0 && metadata.modified().nanos() == 0;
        Duration window = isCoarse && grain.compareTo(COARSE_GRAIN) < 0 ? COARSE_GRAIN : grain;
        return Instant.ofEpochSecond(changed.seconds(), changed.nanos()).isAfter(now.minus(window));
    }

    /** True where both are the same inode on the same device. */
    public boolean isSameInode(Stat other) {
        return device == other.device && inode == other.inode;
    }

    /**
     * True where nothing that says "the content was touched" differs: kind, size, modification and
     * change time, inode. Links are left out: making a hard link changes {@code changed} as well.
     */
    public boolean isSameTuple(Stat other) {
        return kind == other.kind
                && sizeBytes == other.sizeBytes
                && metadata.equals(other.metadata)
                && changed.equals(other.changed)
                && isSameInode(other);
    }

    /**
     * A number for what is there, as far as can be known without reading: another file that is put
     * under the name, or other bytes in this one, give another. It stays when disks are numbered
     * anew, and of a directory when something is put into it.
     */
    public long imprint() {
        if (kind == Kind.DIRECTORY) {
            return kind.ordinal();
        }
        Timestamp modified = metadata.modified();
        ByteBuffer seen =
                ByteBuffer.allocate(3 * (Integer.BYTES + Long.BYTES))
                        .putInt(kind.ordinal())
                        .putLong(sizeBytes)
                        .putLong(modified.seconds())
                        .putInt(modified.nanos())
                        .putLong(changed.seconds())
                        .putInt(changed.nanos());
        return ByteBuffer.wrap(Sha256.digestOf(seen.array())).getLong();
    }
}
