package io.driftless.block;

/** The name of a block: the digest of its plain bytes. */
public final class BlockHash extends Hash {
    private BlockHash(byte[] digest, int offset) {
        super(digest, offset);
    }

    /** From the 32 bytes of a SHA-256 digest. */
    public static BlockHash ofDigest(byte[] digest) {
        return new BlockHash(checkedDigest(digest), 0);
    }

    /** From the 33 stored bytes. */
    public static BlockHash ofBytes(byte[] stored) {
        return new BlockHash(stored, checkedWhole(stored));
    }

    /** From the 33 stored bytes that begin at {@code offset}. */
    public static BlockHash ofBytes(byte[] stored, int offset) {
        return new BlockHash(stored, checkedStored(stored, offset));
    }

    /** From the printed form. */
    public static BlockHash parse(String hex) {
        return new BlockHash(storedOfText(hex), 1);
    }
}
