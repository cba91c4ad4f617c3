package io.driftless.block;

/**
 * The name of a file's content: of one block, that block's digest; else the digest over block names
 * and lengths.
 */
public final class ContentId extends Hash {
    private ContentId(byte[] digest, int offset) {
        super(digest, offset);
    }

    /** From the 32 bytes of a SHA-256 digest. */
    public static ContentId ofDigest(byte[] digest) {
        return new ContentId(checkedDigest(digest), 0);
    }

    /** From the 33 stored bytes. */
    public static ContentId ofBytes(byte[] stored) {
        return new ContentId(stored, checkedWhole(stored));
    }

    /** From the 33 stored bytes that begin at {@code offset}. */
    public static ContentId ofBytes(byte[] stored, int offset) {
        return new ContentId(stored, checkedStored(stored, offset));
    }

    /** From the printed form. */
    public static ContentId parse(String hex) {
        return new ContentId(storedOfText(hex), 1);
    }
}
