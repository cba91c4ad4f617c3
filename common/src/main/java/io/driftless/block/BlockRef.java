package io.driftless.block;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;

/**
 * A block in a file's list of blocks.
 *
 * @param hash the block's name
 * @param lengthBytes plain length, 1 to {@link #MAX_LENGTH_BYTES}
 */
public record BlockRef(BlockHash hash, int lengthBytes) {
    /** Longest block: 4 MiB, the chunker's maximum. */
    public static final int MAX_LENGTH_BYTES = 4 << 20;

    public BlockRef {
        if (lengthBytes < 1 || lengthBytes > MAX_LENGTH_BYTES) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "A block has 1 to "
                            + MAX_LENGTH_BYTES
                            + " bytes, this one "
                            + lengthBytes
                            + ".");
        }
    }
}
