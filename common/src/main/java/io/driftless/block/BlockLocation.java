package io.driftless.block;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.util.UUID;

/**
 * Where a block lies in the store.
 *
 * @param block the block and its plain length
 * @param pack the pack that holds it
 * @param offsetBytes where in the pack object its stored bytes begin
 * @param storedBytes how many bytes are stored
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

    public BlockHash hash() {
        return block.hash();
    }

    /** The first byte after the stored bytes. */
    public long endBytes() {
        return offsetBytes + storedBytes;
    }
}
