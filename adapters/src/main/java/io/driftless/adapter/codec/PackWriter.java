package io.driftless.adapter.codec;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Collects blocks into one pack, without copying their bytes: those belong to the pack from then
 * on. A pack is the blocks' stored bytes one after the other, then its table of contents (see
 * {@link PackTable}). For one thread.
 */
public final class PackWriter {
    /** No pack is longer, its table included. */
    public static final int MAX_PACK_BYTES = 16 << 20;

    private final UUID id;
    private final List<ByteBuffer> pieces = new ArrayList<>();
    private final List<BlockLocation> blocks = new ArrayList<>();
    private final Set<BlockHash> held = new HashSet<>();
    private int storedBytes;

    public PackWriter(UUID id) {
        this.id = id;
    }

    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Length of the pack as it would be now. */
    public int sizeBytes() {
        return storedBytes + PackTable.sizeBytes(blocks.size());
    }

    /** True where a block of this stored length still finds room. */
    public boolean hasRoomFor(int moreBytes) {
        return doFit(blocks.size() + 1, (long) storedBytes + moreBytes);
    }

    /** Whether so many blocks of this length together, as long stored as they are, find room. */
    public static boolean doFit(int blocks, long bytes) {
        return bytes + PackTable.sizeBytes(blocks) <= MAX_PACK_BYTES;
    }

    /** Adds a block that finds room. One that the pack holds already is not added again. */
    public void add(BlockRef block, BlockCodec.Encoded encoded) {
        int length = encoded.stored().remaining();
        if (!hasRoomFor(length)) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "A pack of " + sizeBytes() + " bytes has no room for " + length + " more.");
        }
        if (held.add(block.hash())) {
            pieces.add(encoded.stored().slice());
            blocks.add(new BlockLocation(block, id, storedBytes, length, encoded.codec()));
            storedBytes += length;
        }
    }

    /** The pack, complete. The writer is not to be used any more. */
    public Pack finish() {
        pieces.add(PackTable.encode(blocks));
        return new Pack(id, pieces, blocks, sizeBytes());
    }

    /**
     * A pack to be stored.
     *
     * @param pieces its bytes, to be stored one after the other
     * @param blocks where each block lies
     */
    public record Pack(
            UUID id, List<ByteBuffer> pieces, List<BlockLocation> blocks, int sizeBytes) {
        public Pack {
            pieces = List.copyOf(pieces);
            blocks = List.copyOf(blocks);
        }
    }
}
