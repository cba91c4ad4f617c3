package io.driftless.block;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.util.UUID;

/**
 * Where a block lies in the store. The lists that locations come with are not signed, so a location
 * is checked for what it can be, but may still be wrong: only the block's bytes prove it.
 *
 * @param block the block and its plain length
 * @param pack the pack that holds it
 * @param offsetBytes where in the pack object its stored bytes begin, 0 and up
 * @param storedBytes how many bytes are stored, 1 to {@link BlockRef#MAX_LENGTH_BYTES}
 * @param codec how they are stored
 */
public record BlockLocation(
        BlockRef block, UUID pack, long offsetBytes, int storedBytes, Codec codec) {
    /** How stored bytes are made of plain ones. The number is part of the formats. */
    public enum Codec {
        RAW((byte) 0),
        ZSTD((byte) 1);

        private final byte number;

        Codec(byte number) {
            this.number = number;
        }

        public byte number() {
            return number;
        }

        /** The codec with this number. */
        public static Codec of(int number) {
            return switch (number) {
                case 0 -> RAW;
                case 1 -> ZSTD;
                default ->
                        throw new SyncException(
                                ErrorCode.STORE_OBJECT_DAMAGED,
                                "Codec " + number + " is not known.");
            };
        }
    }

    public BlockLocation {
        boolean isPossible =
                storedBytes >= 1
                        && storedBytes <= BlockRef.MAX_LENGTH_BYTES
                        && offsetBytes >= 0
                        && offsetBytes <= Long.MAX_VALUE - storedBytes;
        if (!isPossible) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "A block cannot lie at %d with %d stored bytes."
                            .formatted(offsetBytes, storedBytes));
        }
    }

    public BlockHash hash() {
        return block.hash();
    }

    /** The first byte after the stored bytes. */
    public long endBytes() {
        return offsetBytes + storedBytes;
    }
}
