package io.driftless.block;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Computes a {@link ContentId} block by block, without keeping the blocks. Of one thread. */
public final class ContentDigest {
    private final MessageDigest digest = Sha256.newDigest();
    private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    private @Nullable BlockHash first;
    private long blocks;
    private long bytes;

    /** The next block of the content. */
    public void add(BlockRef block) {
        if (blocks == 0) {
            first = block.hash();
        }
        blocks++;
        bytes += block.lengthBytes();
        digest.update(block.hash().toBytes());
        digest.update(length.clear().putInt(block.lengthBytes()).flip());
    }

    /** How long the content is so far. */
    public long sizeBytes() {
        return bytes;
    }

    /** As {@link Sha256#content} of all the blocks; to be called once. */
    public ContentId finish() {
        return blocks == 1 && first != null
                ? ContentId.ofBytes(first.toBytes())
                : ContentId.ofDigest(digest.digest());
    }
}
