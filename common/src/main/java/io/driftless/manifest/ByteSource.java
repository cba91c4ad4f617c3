package io.driftless.manifest;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockRef;
import io.driftless.block.Hash;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Reads what {@link ByteSink} wrote. Whatever the bytes are, the outcome is a value or {@code
 * STORE_OBJECT_DAMAGED}, and never takes more memory than a small multiple of the input. A value
 * has one form only: a longer one is refused.
 */
final class ByteSource {
    private final byte[] bytes;
    private int at;
    private byte[] lastKey = new byte[0];
    private boolean hasPath;

    private ByteSource(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads a whole object of this kind; bytes left over are damage. */
    static <T> T read(byte[] bytes, Function<ByteSource, T> body) {
        ByteSource in = new ByteSource(bytes);
        try {
            if (in.next() != ByteSink.VERSION) {
                throw damaged("has a version that is not known");
            }
            T value = body.apply(in);
            if (in.at != bytes.length) {
                throw damaged("goes on after its end");
            }
            return value;
        } catch (SyncException e) {
            throw e.code() == ErrorCode.STORE_OBJECT_DAMAGED
                    ? e
                    : new SyncException(
                            ErrorCode.STORE_OBJECT_DAMAGED,
                            "An encoded object: " + e.getMessage(),
                            e);
        }
    }

    static SyncException damaged(String why) {
        return new SyncException(ErrorCode.STORE_OBJECT_DAMAGED, "An encoded object " + why + ".");
    }

    void kind(int expected) {
        int kind = next();
        if (kind != expected) {
            throw damaged("is of kind " + kind + ", not " + expected);
        }
    }

    int next() {
        if (at == bytes.length) {
            throw damaged("ends too early");
        }
        return bytes[at++] & 0xff;
    }

    /** An unsigned 64-bit number: seven bits a byte, lowest first, in as few bytes as it takes. */
    long unsigned64() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = next();
            boolean isTooLong = (b == 0 && shift > 0) || (shift == 63 && b > 1);
            if (isTooLong) {
                throw damaged("has a number in a form that is not the shortest");
            }
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw damaged("has a number of more than 64 bits");
    }

    long signed64() {
        long zigzag = unsigned64();
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }

    /** A count or size of zero to 2^63 - 1. */
    long size() {
        long value = unsigned64();
        if (value < 0) {
            throw damaged("has a size of more than 63 bits");
        }
        return value;
    }

    int unsigned32() {
        long value = unsigned64();
        if (value >>> 32 != 0) {
            throw damaged("has a number of more than 32 bits");
        }
        return (int) value;
    }

    int atMost(int max) {
        long value = unsigned64();
        if (value < 0 || value > max) {
            throw damaged("has a number above " + max);
        }
        return (int) value;
    }

    /**
     * A number of items that follow, each of at least {@code itemBytes}: no more than the rest can
     * hold.
     */
    int count(int max, int itemBytes) {
        return atMost(Math.min(max, (bytes.length - at) / itemBytes));
    }

    byte[] take(int length) {
        if (length > bytes.length - at) {
            throw damaged("ends too early");
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    PageHash pageHash() {
        return PageHash.ofBytes(bytes, hashAt());
    }

    BlockRef block() {
        BlockHash hash = BlockHash.ofBytes(bytes, hashAt());
        return new BlockRef(hash, atMost(BlockRef.MAX_LENGTH_BYTES));
    }

    /** A path after the one read before it, in path order; the first of an object may be any. */
    EntryPath path() {
        int shared = atMost(lastKey.length);
        int rest = atMost(EntryPath.MAX_LENGTH_BYTES - shared);
        if (rest > bytes.length - at) {
            throw damaged("ends too early");
        }
        byte[] key = Arrays.copyOf(lastKey, shared + rest);
        System.arraycopy(bytes, at, key, shared, rest);
        at += rest;
        boolean isShareShort =
                shared < lastKey.length && rest > 0 && lastKey[shared] == key[shared];
        boolean isAfter = !hasPath || Arrays.compareUnsigned(key, lastKey) > 0;
        if (isShareShort || !isAfter) {
            throw damaged("has paths out of order");
        }
        lastKey = key;
        hasPath = true;
        return EntryPath.ofKey(key);
    }

    private int hashAt() {
        if (bytes.length - at < Hash.STORED_BYTES) {
            throw damaged("ends too early");
        }
        at += Hash.STORED_BYTES;
        return at - Hash.STORED_BYTES;
    }
}
