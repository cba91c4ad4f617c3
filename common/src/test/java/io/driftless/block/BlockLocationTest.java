package io.driftless.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.block.BlockLocation.Codec;
import io.driftless.error.SyncException;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockLocationTest {
    private static final BlockRef BLOCK = new BlockRef(Sha256.block(new byte[3]), 3);

    @ParameterizedTest
    @CsvSource({"-1, 3", "0, 0", "0, -3", "0, 4194305", "9223372036854775805, 3"})
    void a_place_that_no_block_can_have_is_refused(long offset, int stored) {
        assertThatThrownBy(() -> at(offset, stored)).isInstanceOf(SyncException.class);
    }

    @Test
    void a_place_may_be_anywhere_in_a_long_object() {
        assertThat(at(Long.MAX_VALUE - 3, 3).endBytes()).isEqualTo(Long.MAX_VALUE);
        assertThat(at(0, BlockRef.MAX_LENGTH_BYTES).endBytes()).isEqualTo(4 << 20);
    }

    private static BlockLocation at(long offset, int stored) {
        return new BlockLocation(BLOCK, new UUID(0, 1), offset, stored, Codec.RAW);
    }
}
