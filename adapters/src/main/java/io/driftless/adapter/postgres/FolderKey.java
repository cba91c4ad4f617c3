package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.block.Hash;
import io.driftless.path.EntryPath;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/**
 * A folder as columns called {@code key} have it: its number in two bytes, before what a row is of.
 *
 * @param number not negative
 */
record FolderKey(short number) {
    /** Where the rest of a key begins. */
    static final int PREFIX_BYTES = 2;

    /** More of them than a name can have stand after every path. */
    private static final byte[] AFTER_ALL = new byte[EntryPath.MAX_NAME_BYTES + 1];

    static {
        Arrays.fill(AFTER_ALL, (byte) 0xFF);
    }

    /**
     * For {@code key >= from and key < to}: one form for all ranges keeps one statement for all.
     */
    record Range(byte[] from, byte[] to) {}

    byte[] prefix() {
        return new byte[] {(byte) (number >>> 8), (byte) number};
    }

    byte[] of(EntryPath path) {
        return with(path.key());
    }

    byte[] of(Hash hash) {
        return with(hash.toBytes());
    }

    private byte[] with(byte[] rest) {
        byte[] key = new byte[PREFIX_BYTES + rest.length];
        key[0] = (byte) (number >>> 8);
        key[1] = (byte) number;
        System.arraycopy(rest, 0, key, PREFIX_BYTES, rest.length);
        return key;
    }

    static EntryPath path(byte[] key) {
        return EntryPath.ofKey(Arrays.copyOfRange(key, PREFIX_BYTES, key.length));
    }

    ArrayColumn ofPaths(Collection<EntryPath> paths) {
        ArrayColumn keys = new ArrayColumn(Type.BYTEA);
        paths.forEach(path -> keys.add(of(path)));
        return keys;
    }

    ArrayColumn ofHashes(Collection<? extends Hash> hashes) {
        ArrayColumn keys = new ArrayColumn(Type.BYTEA);
        hashes.forEach(hash -> keys.add(of(hash)));
        return keys;
    }

    /** All paths after one, or all. */
    Range after(Optional<EntryPath> path) {
        return new Range(path.map(this::following).orElseGet(this::prefix), end());
    }

    /** Paths after one, or from the first, and through another, or to the last. */
    Range between(Optional<EntryPath> after, Optional<EntryPath> through) {
        return new Range(after(after).from(), through.map(this::following).orElseGet(this::end));
    }

    /** All names after one, or all. */
    Range afterHash(Optional<? extends Hash> hash) {
        return new Range(hash.map(name -> following(of(name))).orElseGet(this::prefix), end());
    }

    /** What lies below a directory, after a path. */
    Range below(EntryPath directory, Optional<EntryPath> after) {
        EntryPath begin = after.filter(path -> path.compareTo(directory) > 0).orElse(directory);
        return new Range(
                following(begin), directory.isRoot() ? end() : with(directory.subtreeEndKey()));
    }

    /** What lies below a directory, after a path and through another or to the end. */
    Range below(EntryPath directory, EntryPath after, Optional<EntryPath> through) {
        Range all = below(directory, Optional.of(after));
        return through.map(this::following)
                .filter(to -> Arrays.compareUnsigned(to, all.to()) < 0)
                .map(to -> new Range(all.from(), to))
                .orElse(all);
    }

    /** The next key of all: a zero byte more. */
    private byte[] following(EntryPath path) {
        return following(of(path));
    }

    private static byte[] following(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    private byte[] end() {
        return with(AFTER_ALL);
    }
}
