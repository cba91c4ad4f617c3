package io.driftless.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.agent.BlockFetch.Span;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockLocation.Codec;
import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BlockFetchTest {
    private static final UUID PACK = new UUID(0, 1);

    @Test
    void neighbours_are_one_span() {
        List<BlockLocation> blocks = List.of(at(10, 20), at(0, 10), at(40, 5));

        assertThat(BlockFetch.spans(blocks, 1_000, 10))
                .containsExactly(new Span(PACK, 0, 45, List.of(at(0, 10), at(10, 20), at(40, 5))));
        assertThat(BlockFetch.spans(blocks, 1_000, 9)).hasSize(2);
        assertThat(BlockFetch.spans(blocks, 29, 10)).hasSize(3);
    }

    @Test
    void a_span_holds_all_of_its_blocks_where_a_forged_list_lets_them_overlap() {
        List<BlockLocation> forged = List.of(at(0, 100), at(10, 20));

        assertThat(BlockFetch.spans(forged, 1_000, 10))
                .containsExactly(new Span(PACK, 0, 100, forged));
    }

    private static BlockLocation at(long offset, int stored) {
        BlockRef block = new BlockRef(Sha256.block(new byte[stored]), stored);
        return new BlockLocation(block, PACK, offset, stored, Codec.RAW);
    }
}
