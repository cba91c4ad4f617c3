package io.driftless.adapter.memory;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Cuts bytes that are in memory into blocks. */
final class MemoryBlocks {
    private MemoryBlocks() {}

    /** The blocks from {@code offset} on, until {@code maxBytes} are cut. */
    static List<BlockRef> cut(byte[] bytes, long offset, long maxBytes) {
        List<BlockRef> blocks = new ArrayList<>();
        int at = (int) Math.min(offset, bytes.length);
        for (long cut = 0; at < bytes.length && cut < maxBytes; ) {
            int length = Math.min(BlockRef.MAX_LENGTH_BYTES, bytes.length - at);
            blocks.add(new BlockRef(Sha256.block(ByteBuffer.wrap(bytes, at, length)), length));
            at += length;
            cut += length;
        }
        return blocks;
    }

    static Content content(byte[] bytes) {
        List<BlockRef> blocks = cut(bytes, 0, Long.MAX_VALUE);
        return new Content(Sha256.content(blocks), bytes.length, new Content.Blocks.Inline(blocks));
    }
}
