package io.driftless.block;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Computes names. Digests are reused per thread: making one costs more than hashing a hundred
 * bytes.
 */
public final class Sha256 {
    private static final ThreadLocal<MessageDigest> DIGEST =
            ThreadLocal.withInitial(Sha256::newDigest);

    private Sha256() {}

    /** For what comes in pieces. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }

    private static MessageDigest digest() {
        MessageDigest digest = DIGEST.get();
        digest.reset();
        return digest;
    }

    /**
     * The name of the block that holds the buffer's remaining bytes; the buffer's position is left
     * as it is.
     */
    public static BlockHash block(ByteBuffer plain) {
        MessageDigest digest = digest();
        digest.update(plain.duplicate());
        return BlockHash.ofDigest(digest.digest());
    }

    public static BlockHash block(byte[] plain) {
        return block(ByteBuffer.wrap(plain));
    }

    public static PageHash page(byte[] plain) {
        return PageHash.ofDigest(digest().digest(plain));
    }

    /** The raw digest of some bytes: 32 bytes. */
    public static byte[] digestOf(byte[] plain) {
        return digest().digest(plain);
    }

    /**
     * The id of the content made of these blocks, in order. The empty content has an id of its own.
     */
    public static ContentId content(List<BlockRef> blocks) {
        if (blocks.size() == 1) {
            return ContentId.ofBytes(blocks.getFirst().hash().toBytes());
        }
        MessageDigest digest = digest();
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
        for (BlockRef block : blocks) {
            digest.update(block.hash().toBytes());
            digest.update(length.clear().putInt(block.lengthBytes()).flip());
        }
        return ContentId.ofDigest(digest.digest());
    }
}
