package io.driftless.adapter.codec;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Hash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The end of a pack. Numbers are big-endian. Each block has a row of 46 bytes: its name (33), where
 * its stored bytes begin (4), how many they are (4), its plain length (4), its codec (1). After the
 * rows: their length in bytes (4), the CRC32C of rows and length (4), and the magic {@code
 * DRFTPAK1}. Blocks lie without gaps in the order of the rows.
 */
final class PackTable {
    private static final int ROW_BYTES = Hash.STORED_BYTES + 3 * Integer.BYTES + 1;
    private static final int FOOT_BYTES = 2 * Integer.BYTES + Long.BYTES;
    private static final long MAGIC = 0x4452_4654_5041_4b31L;

    private PackTable() {}

    static int sizeBytes(int blocks) {
        return blocks * ROW_BYTES + FOOT_BYTES;
    }

    static ByteBuffer encode(List<BlockLocation> blocks) {
        ByteBuffer table = ByteBuffer.allocate(sizeBytes(blocks.size()));
        for (BlockLocation block : blocks) {
            table.put(block.hash().toBytes());
            table.putInt((int) block.offsetBytes());
            table.putInt(block.storedBytes());
            table.putInt(block.block().lengthBytes());
            table.put(block.codec().number());
        }
        table.putInt(table.position());
        table.putInt(checksum(table.duplicate().flip()));
        table.putLong(MAGIC);
        return table.flip();
    }

    /**
     * The table at the end of a pack; anything that is not one fails with {@code
     * STORE_OBJECT_DAMAGED}.
     */
    static List<BlockLocation> decode(UUID pack, ByteBuffer whole) {
        int size = whole.remaining();
        check(size >= FOOT_BYTES && size <= PackWriter.MAX_PACK_BYTES, pack, "its length");
        ByteBuffer foot = whole.slice(whole.position() + size - FOOT_BYTES, FOOT_BYTES);
        int rowBytes = foot.getInt();
        int checksum = foot.getInt();
        check(foot.getLong() == MAGIC, pack, "its magic");
        int storedBytes = size - FOOT_BYTES - rowBytes;
        check(
                rowBytes >= 0 && storedBytes >= 0 && rowBytes % ROW_BYTES == 0,
                pack,
                "the length of its table");
        ByteBuffer table = whole.slice(whole.position() + storedBytes, rowBytes + Integer.BYTES);
        check(checksum(table.duplicate()) == checksum, pack, "the checksum of its table");
        return rows(pack, table, rowBytes / ROW_BYTES, storedBytes);
    }

    private static List<BlockLocation> rows(
            UUID pack, ByteBuffer table, int count, int storedBytes) {
        List<BlockLocation> blocks = new ArrayList<>(count);
        Set<BlockHash> seen = new HashSet<>();
        long end = 0;
        for (int i = 0; i < count; i++) {
            BlockLocation block = row(pack, table);
            check(block.offsetBytes() == end, pack, "the place of a block");
            check(seen.add(block.hash()), pack, "a block that is there twice");
            end = block.endBytes();
            blocks.add(block);
        }
        check(end == storedBytes, pack, "the length of its blocks");
        return blocks;
    }

    private static BlockLocation row(UUID pack, ByteBuffer table) {
        byte[] name = new byte[Hash.STORED_BYTES];
        table.get(name);
        int offset = table.getInt();
        int stored = table.getInt();
        int plain = table.getInt();
        BlockLocation.Codec codec = BlockLocation.Codec.of(table.get());
        check(plain >= 1 && plain <= BlockRef.MAX_LENGTH_BYTES, pack, "a plain length");
        boolean isPlausible =
                switch (codec) {
                    case RAW -> stored == plain;
                    case ZSTD -> stored >= 1 && stored < plain;
                };
        check(isPlausible, pack, "a stored length");
        BlockRef block = new BlockRef(BlockHash.ofBytes(name), plain);
        return new BlockLocation(block, pack, offset, stored, codec);
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static void check(boolean isGood, UUID pack, String what) {
        if (!isGood) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_DAMAGED, "Pack " + pack + " is damaged: " + what + ".");
        }
    }
}
