package io.driftless.block;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The chunker's table: value {@code i} is the first eight bytes, big-endian, of the SHA-256 of the
 * ASCII text {@code driftless-gear-<i>}, with {@code i} in decimal. Part of the formats: another
 * table would cut every file differently.
 */
final class GearTable {
    private GearTable() {}

    static long[] values() {
        long[] values = new long[256];
        for (int i = 0; i < values.length; i++) {
            byte[] name = ("driftless-gear-" + i).getBytes(StandardCharsets.US_ASCII);
            values[i] = ByteBuffer.wrap(Sha256.digestOf(name)).getLong();
        }
        return values;
    }
}
