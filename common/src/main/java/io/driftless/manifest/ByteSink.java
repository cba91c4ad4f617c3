package io.driftless.manifest;

import io.driftless.block.BlockRef;
import io.driftless.block.Hash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import java.util.Arrays;

/**
 * Collects the bytes of an encoded object. Every value has one form, so equal objects are equal
 * bytes.
 */
final class ByteSink {
    /** First byte of every encoded object. */
    static final int VERSION = 1;

    /** The least a block takes: its name and one byte of length. */
    static final int MIN_BLOCK_BYTES = Hash.STORED_BYTES + 1;

    private byte[] bytes;
    private int length;
    private byte[] lastKey = new byte[0];
    private boolean hasPath;

    ByteSink(int kind, int expectedBytes) {
        bytes = new byte[Math.max(16, expectedBytes)];
        put(VERSION);
        put(kind);
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    void put(int b) {
        reserve(1);
        bytes[length++] = (byte) b;
    }

    void put(byte[] data) {
        put(data, 0);
    }

    private void put(byte[] data, int from) {
        reserve(data.length - from);
        System.arraycopy(data, from, bytes, length, data.length - from);
        length += data.length - from;
    }

    /** Seven bits a byte, lowest first; all but the last byte have their top bit set. */
    void unsigned64(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            put((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        put((int) rest);
    }

    /** Signs go last, so that small negative numbers are short: 0, -1, 1, -2 become 0, 1, 2, 3. */
    void signed64(long value) {
        unsigned64((value << 1) ^ (value >> 63));
    }

    void unsigned32(int value) {
        unsigned64(Integer.toUnsignedLong(value));
    }

    void hash(Hash hash) {
        put(hash.toBytes());
    }

    void block(BlockRef block) {
        hash(block.hash());
        unsigned32(block.lengthBytes());
    }

    /**
     * How many bytes the key shares with the path before it, how many follow, and those. Paths come
     * in order.
     */
    void path(EntryPath path) {
        byte[] key = path.key();
        if (hasPath && Arrays.compareUnsigned(key, lastKey) <= 0) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "Paths are encoded in order, but " + path + " is not.");
        }
        int mismatch = Arrays.mismatch(lastKey, key);
        int shared = mismatch < 0 ? key.length : mismatch;
        unsigned32(shared);
        unsigned32(key.length - shared);
        put(key, shared);
        lastKey = key;
        hasPath = true;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
