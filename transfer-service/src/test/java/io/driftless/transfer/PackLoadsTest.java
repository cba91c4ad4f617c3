package io.driftless.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.PackWriter;
import io.driftless.block.BlockLocation.Codec;
import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import io.driftless.path.EntryPath;
import io.driftless.port.BlockCodec;
import io.driftless.transfer.StoreLane.Wanted;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PackLoadsTest {
    private static final int BLOCK_BYTES = 1 << 10;

    /** Of blocks that do not compress; the pack's table needs room as well. */
    @Test
    void every_load_finds_room_in_a_pack_however_large_packs_may_be() {
        List<Wanted> missing = new ArrayList<>();
        for (int i = 0; i < 2 * PackWriter.MAX_PACK_BYTES / BLOCK_BYTES; i++) {
            ByteBuffer name = ByteBuffer.allocate(Integer.BYTES).putInt(0, i);
            BlockRef block = new BlockRef(Sha256.block(name.array()), BLOCK_BYTES);
            missing.add(new Wanted(EntryPath.parse("f"), (long) i * BLOCK_BYTES, block));
        }

        List<List<Wanted>> loads = PackLoads.split(missing, PackWriter.MAX_PACK_BYTES);

        assertThat(loads.size()).isEqualTo(3);
        for (List<Wanted> load : loads) {
            PackWriter pack = new PackWriter(new UUID(1, 2));
            load.forEach(one ->
                    pack.add(
                            one.block(),
                            new BlockCodec.Encoded(Codec.RAW, ByteBuffer.allocate(BLOCK_BYTES))));
            assertThat(pack.finish().blocks()).hasSize(load.size());
        }
    }
}
