package io.driftless.block;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * A 256-bit digest that names something. Stored and printed as 33 bytes: one for the algorithm,
 * then the digest. The sub types keep names of different things apart.
 */
public abstract sealed class Hash implements Comparable<Hash>
        permits BlockHash, ContentId, PageHash {
    /** The stored length in bytes: the algorithm and the digest. */
    public static final int STORED_BYTES = 33;

    /** Algorithm byte of SHA-256, the only one so far. */
    public static final byte SHA_256 = 1;

    private static final int DIGEST_BYTES = 32;
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final long first;
    private final long second;
    private final long third;
    private final long fourth;

    Hash(byte[] digest, int offset) {
        first = (long) LONGS.get(digest, offset);
        second = (long) LONGS.get(digest, offset + 8);
        third = (long) LONGS.get(digest, offset + 16);
        fourth = (long) LONGS.get(digest, offset + 24);
    }

    static int checkedStored(byte[] stored, int offset) {
        if (stored.length - offset < STORED_BYTES || stored[offset] != SHA_256) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_DAMAGED, "A stored name is not a known digest.");
        }
        return offset + 1;
    }

    static int checkedWhole(byte[] stored) {
        if (stored.length != STORED_BYTES) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_DAMAGED,
                    "A stored name has 33 bytes, this one " + stored.length + ".");
        }
        return checkedStored(stored, 0);
    }

    static byte[] storedOfText(String hex) {
        try {
            byte[] stored = HexFormat.of().parseHex(hex);
            checkedWhole(stored);
            return stored;
        } catch (IllegalArgumentException notHex) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_DAMAGED,
                    "The name " + hex + " is not a digest.",
                    notHex);
        }
    }

    static byte[] checkedDigest(byte[] digest) {
        if (digest.length != DIGEST_BYTES) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "A SHA-256 digest has 32 bytes, this one " + digest.length + ".");
        }
        return digest;
    }

    /** The 33 stored bytes. */
    public byte[] toBytes() {
        byte[] stored = new byte[STORED_BYTES];
        stored[0] = SHA_256;
        LONGS.set(stored, 1, first);
        LONGS.set(stored, 9, second);
        LONGS.set(stored, 17, third);
        LONGS.set(stored, 25, fourth);
        return stored;
    }

    /**
     * True where the {@code count} bits from {@code offset} on are all zero, for cutting lists by
     * content. Bit 0 is the lowest of the digest's last byte; offset and count together are at most
     * 256.
     */
    public boolean hasZeroBits(int offset, int count) {
        for (int bit = offset; bit < offset + count; bit++) {
            long word =
                    switch (bit >>> 6) {
                        case 0 -> fourth;
                        case 1 -> third;
                        case 2 -> second;
                        default -> first;
                    };
            if (((word >>> (bit & 63)) & 1) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public final int compareTo(Hash other) {
        int order = Long.compareUnsigned(first, other.first);
        order = order != 0 ? order : Long.compareUnsigned(second, other.second);
        order = order != 0 ? order : Long.compareUnsigned(third, other.third);
        return order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof Hash hash
                && hash.getClass() == getClass()
                && first == hash.first
                && second == hash.second
                && third == hash.third
                && fourth == hash.fourth;
    }

    @Override
    public final int hashCode() {
        return Long.hashCode(fourth);
    }

    /** The stored bytes in lower-case hexadecimal. */
    @Override
    public final String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
