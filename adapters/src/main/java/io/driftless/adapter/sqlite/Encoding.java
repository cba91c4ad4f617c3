package io.driftless.adapter.sqlite;

import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.manifest.EntryCodec;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Applied;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values as columns. */
final class Encoding {
    private static final long NANOS = 1_000_000_000;

    private Encoding() {}

    static Stat.Kind kindOf(Entry entry) {
        return switch (entry) {
            case Entry.FileEntry _ -> Stat.Kind.FILE;
            case Entry.DirectoryEntry _ -> Stat.Kind.DIRECTORY;
            case Entry.SymlinkEntry _ -> Stat.Kind.SYMLINK;
        };
    }

    /** The first key after this one. */
    static byte[] after(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    static byte[] after(Optional<EntryPath> path) {
        return path.map(last -> after(last.key())).orElseGet(() -> new byte[0]);
    }

    static EntryPath path(ResultSet row, int column) throws SQLException {
        return EntryPath.ofKey(row.getBytes(column));
    }

    static Optional<Entry> entry(byte @Nullable [] bytes) {
        return bytes == null ? Optional.empty() : Optional.of(EntryCodec.decodeEntry(bytes));
    }

    /** A content is kept as the file entry it would be, which has a format already. */
    static byte @Nullable [] content(Applied applied) {
        return applied.content()
                .map(content ->
                        EntryCodec.encode(
                                new Entry.FileEntry(
                                        EntryPath.ROOT, applied.stat().metadata(), content)))
                .orElse(null);
    }

    static byte @Nullable [] contentId(Applied applied) {
        return applied.content().map(Content::id).map(ContentId::toBytes).orElse(null);
    }

    /** Of the three columns from this one on: stat, content, proven. */
    static Optional<Applied> applied(EntryPath path, ResultSet row, int column)
            throws SQLException {
        byte @Nullable [] stat = row.getBytes(column);
        if (stat == null) {
            return Optional.empty();
        }
        long proven = row.getLong(column + 2);
        return Optional.of(
                new Applied(
                        path,
                        EntryCodec.decodeStat(stat),
                        entry(row.getBytes(column + 1)).flatMap(Encoding::contentOf),
                        proven == 0 ? Optional.empty() : Optional.of(instant(proven))));
    }

    /** 0 where it was never proven. */
    static long proven(Applied applied) {
        return applied.proven().map(Encoding::nanos).orElse(0L);
    }

    private static Optional<Content> contentOf(Entry entry) {
        return entry instanceof Entry.FileEntry file
                ? Optional.of(file.content())
                : Optional.empty();
    }

    /** Exact to the nanosecond until the year 2262. */
    static long nanos(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
