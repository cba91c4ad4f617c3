package io.driftless.block;

/** The name of a manifest page or block list: the digest of its plain encoding. */
public final class PageHash extends Hash {
    private PageHash(byte[] digest, int offset) {
        super(digest, offset);
    }

    /** From the 32 bytes of a SHA-256 digest. */
    public static PageHash ofDigest(byte[] digest) {
        return new PageHash(checkedDigest(digest), 0);
    }

    /** From the 33 stored bytes. */
    public static PageHash ofBytes(byte[] stored) {
        return new PageHash(stored, checkedWhole(stored));
    }

    /** From the 33 stored bytes that begin at {@code offset}. */
    public static PageHash ofBytes(byte[] stored, int offset) {
        return new PageHash(stored, checkedStored(stored, offset));
    }

    /** From the printed form. */
    public static PageHash parse(String hex) {
        return new PageHash(storedOfText(hex), 1);
    }
}
