package io.driftless.adapter.codec;

import io.driftless.block.PageHash;
import io.driftless.event.Commit;
import io.driftless.path.EntryPath;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * The bytes of a commit that are signed: everything but {@code changes}, which the root stands for.
 * In this order, numbers big-endian: the 19 bytes {@code driftless commit 1} and a line feed; the
 * folder's name; the incarnation (16 bytes); {@code seq} (8); the root (33); the parent root (one
 * byte 1 and 33, or one byte 0); the rules (33); {@code approvedRemovals}; the summary's entries
 * and bytes (8 each); the time's seconds (8) and nanoseconds (4); where there are mount points,
 * their number (4) and each as a text. A text is its length in bytes (4) and its UTF-8 bytes. So no
 * two commits have the same bytes, and no other thing that the key may ever sign begins like one.
 */
final class CommitBytes {
    private static final String PURPOSE = "driftless commit 1\n";

    private CommitBytes() {}

    static byte[] of(Commit commit) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(320);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(commit, out);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory takes every byte", impossible);
        }
        return bytes.toByteArray();
    }

    private static void write(Commit commit, DataOutputStream out) throws IOException {
        out.write(PURPOSE.getBytes(StandardCharsets.US_ASCII));
        writeText(commit.folder().value(), out);
        writeId(commit.incarnation(), out);
        out.writeLong(commit.seq());
        out.write(commit.root().toBytes());
        out.writeBoolean(commit.parentRoot().isPresent());
        out.write(commit.parentRoot().map(PageHash::toBytes).orElse(new byte[0]));
        out.write(commit.rules().toBytes());
        writeText(commit.approvedRemovals(), out);
        out.writeLong(commit.summary().entries());
        out.writeLong(commit.summary().bytes());
        out.writeLong(commit.time().getEpochSecond());
        out.writeInt(commit.time().getNano());
        writeMounts(commit.mounts(), out);
    }

    /** Nothing for none, as in commits that were made before they named any. */
    private static void writeMounts(List<EntryPath> mounts, DataOutputStream out)
            throws IOException {
        if (!mounts.isEmpty()) {
            out.writeInt(mounts.size());
        }
        for (EntryPath mount : mounts) {
            writeText(mount.toString(), out);
        }
    }

    private static void writeText(String text, DataOutputStream out) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static void writeId(UUID id, DataOutputStream out) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }
}
