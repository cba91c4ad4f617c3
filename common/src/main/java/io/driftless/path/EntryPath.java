package io.driftless.path;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.util.Arrays;

/**
 * A path below a root, as bytes. The root itself is the empty path.
 *
 * <p>Order is that of the key: the path with {@code /} replaced by a zero byte, compared as
 * unsigned bytes. In this order a directory stands before everything below it, and everything below
 * it is one range, so a depth-first walk with sorted names, an index range and a manifest page
 * agree.
 */
public final class EntryPath implements Comparable<EntryPath> {
    /** Longest path in bytes; Linux' PATH_MAX less its terminator. */
    public static final int MAX_LENGTH_BYTES = 4095;

    /** Longest name in bytes; NAME_MAX of every common file system. */
    public static final int MAX_NAME_BYTES = 255;

    /** The root of a folder or target. */
    public static final EntryPath ROOT = new EntryPath(new byte[0]);

    /** The key: segments parted by zero bytes. Never handed out. */
    private final byte[] key;

    private EntryPath(byte[] key) {
        this.key = key;
    }

    /**
     * Reads the printed form: UTF-8 text with {@code %XX} for any other byte. The only way from
     * text to a path.
     */
    public static EntryPath parse(String text) {
        return ofBytes(PathText.decode(text));
    }

    /** A path from its raw bytes, parted by {@code /}. */
    public static EntryPath ofBytes(byte[] bytes) {
        byte[] key = bytes.clone();
        for (int i = 0; i < key.length; i++) {
            if (key[i] == 0) {
                throw invalid(key, "contains a zero byte");
            }
            if (key[i] == '/') {
                key[i] = 0;
            }
        }
        return ofOwnedKey(key);
    }

    /** A path from its key, as the index and pages keep it. */
    public static EntryPath ofKey(byte[] key) {
        return ofOwnedKey(key.clone());
    }

    private static EntryPath ofOwnedKey(byte[] key) {
        if (key.length == 0) {
            return ROOT;
        }
        if (key.length > MAX_LENGTH_BYTES) {
            throw invalid(key, "is longer than " + MAX_LENGTH_BYTES + " bytes");
        }
        int start = 0;
        for (int i = 0; i <= key.length; i++) {
            if (i == key.length || key[i] == 0) {
                checkName(key, start, i);
                start = i + 1;
            }
        }
        return new EntryPath(key);
    }

    private static void checkName(byte[] key, int start, int end) {
        int length = end - start;
        if (length == 0) {
            throw invalid(key, "has an empty name");
        }
        if (length > MAX_NAME_BYTES) {
            throw invalid(key, "has a name longer than " + MAX_NAME_BYTES + " bytes");
        }
        boolean isDots =
                key[start] == '.' && (length == 1 || (length == 2 && key[start + 1] == '.'));
        if (isDots) {
            throw invalid(key, "has a name . or ..");
        }
        for (int i = start; i < end; i++) {
            if (key[i] == '/') {
                throw invalid(key, "has a slash inside a name");
            }
        }
    }

    private static SyncException invalid(byte[] key, String why) {
        return new SyncException(
                ErrorCode.NAME_INVALID,
                "Path " + PathText.encode(key, key.length) + " " + why + ".");
    }

    public boolean isRoot() {
        return key.length == 0;
    }

    /** The directory this path is in; the root is its own parent. */
    public EntryPath parent() {
        int cut = lastSeparator();
        return cut < 0 ? ROOT : new EntryPath(Arrays.copyOf(key, cut));
    }

    /** The raw bytes of the last name; empty for the root. */
    public byte[] nameBytes() {
        return Arrays.copyOfRange(key, lastSeparator() + 1, key.length);
    }

    /** The last name in printed form. */
    public String name() {
        byte[] name = nameBytes();
        return PathText.encode(name, name.length);
    }

    /** The path of {@code name} inside this directory. */
    public EntryPath child(byte[] name) {
        if (key.length == 0) {
            return ofBytes(name);
        }
        byte[] joined = Arrays.copyOf(key, key.length + 1 + name.length);
        System.arraycopy(name, 0, joined, key.length + 1, name.length);
        return ofOwnedKey(joined);
    }

    /** The path of a name in printed form inside this directory. */
    public EntryPath child(String name) {
        return child(PathText.decode(name));
    }

    /** True where {@code other} lies below this path; no path lies below itself. */
    public boolean isAncestorOf(EntryPath other) {
        if (key.length == 0) {
            return other.key.length > 0;
        }
        return other.key.length > key.length
                && other.key[key.length] == 0
                && Arrays.equals(key, 0, key.length, other.key, 0, key.length);
    }

    /** Number of names; 0 for the root. */
    public int depth() {
        int depth = key.length == 0 ? 0 : 1;
        for (byte b : key) {
            depth += b == 0 ? 1 : 0;
        }
        return depth;
    }

    /**
     * The path with its leading {@code from} replaced by {@code to}; this path must be {@code from}
     * or lie below it.
     */
    public EntryPath rebase(EntryPath from, EntryPath to) {
        if (equals(from)) {
            return to;
        }
        int skip = from.isRoot() ? 0 : from.key.length + 1;
        byte[] rest = Arrays.copyOfRange(key, skip, key.length);
        if (to.isRoot()) {
            return ofOwnedKey(rest);
        }
        byte[] joined = Arrays.copyOf(to.key, to.key.length + 1 + rest.length);
        System.arraycopy(rest, 0, joined, to.key.length + 1, rest.length);
        return ofOwnedKey(joined);
    }

    /** A copy of the key. */
    public byte[] key() {
        return key.clone();
    }

    /** Length of the key and of the raw path in bytes. */
    public int lengthBytes() {
        return key.length;
    }

    /**
     * The first key after everything below this path: the exclusive end of its subtree's range. Not
     * for the root.
     */
    public byte[] subtreeEndKey() {
        byte[] end = Arrays.copyOf(key, key.length + 1);
        end[key.length] = 1;
        return end;
    }

    /** The raw bytes with {@code /} between names. */
    public byte[] toBytes() {
        byte[] bytes = key.clone();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                bytes[i] = '/';
            }
        }
        return bytes;
    }

    private int lastSeparator() {
        for (int i = key.length - 1; i >= 0; i--) {
            if (key[i] == 0) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public int compareTo(EntryPath other) {
        return Arrays.compareUnsigned(key, other.key);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntryPath path && Arrays.equals(key, path.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    /** The printed form that {@link #parse} reads back. */
    @Override
    public String toString() {
        byte[] bytes = toBytes();
        return PathText.encode(bytes, bytes.length);
    }
}
