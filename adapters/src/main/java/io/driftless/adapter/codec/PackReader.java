package io.driftless.adapter.codec;

import io.driftless.block.BlockLocation;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * A pack read back whole, its table of contents checked. That a block's bytes are what its name
 * says is for the reader of the block to check.
 */
public final class PackReader {
    private final UUID id;
    private final ByteBuffer whole;
    private final List<BlockLocation> blocks;

    /**
     * Reads the table of contents; bytes that are not a pack fail with {@code STORE_OBJECT_DAMAGED}
     * and cost no more memory than they have.
     */
    public PackReader(UUID id, ByteBuffer whole) {
        this.id = id;
        this.whole = whole.slice();
        this.blocks = List.copyOf(PackTable.decode(id, this.whole));
    }

    /** The blocks, in the order in which they lie. */
    public List<BlockLocation> blocks() {
        return blocks;
    }

    /** The stored bytes of a block of this pack: a view. */
    public ByteBuffer stored(BlockLocation block) {
        if (!block.pack().equals(id) || block.endBytes() > whole.limit()) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_DAMAGED,
                    "Block " + block.hash() + " does not lie in pack " + id + ".");
        }
        return whole.slice((int) block.offsetBytes(), block.storedBytes());
    }
}
