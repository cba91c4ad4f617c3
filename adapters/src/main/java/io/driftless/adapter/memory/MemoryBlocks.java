package io.driftless.adapter.memory;

import io.driftless.block.BlockCutter;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.manifest.BlockLists;
import java.util.ArrayList;
import java.util.List;

/** Cuts bytes that are in memory into blocks. */
final class MemoryBlocks {
    private MemoryBlocks() {}

    /** The blocks from {@code offset} on, until {@code maxBytes} are cut. */
    static List<BlockRef> cut(byte[] bytes, long offset, long maxBytes) {
        List<BlockRef> blocks = new ArrayList<>();
        BlockCutter cutter = new BlockCutter(blocks::add);
        cutter.feed(bytes, (int) Math.min(offset, bytes.length), bytes.length);
        cutter.finish();
        long cut = 0;
        for (int i = 0; i < blocks.size(); i++) {
            if (cut >= maxBytes) {
                return List.copyOf(blocks.subList(0, i));
            }
            cut += blocks.get(i).lengthBytes();
        }
        return blocks;
    }

    static Content content(byte[] bytes) {
        return BlockLists.contentOf(cut(bytes, 0, Long.MAX_VALUE));
    }
}
