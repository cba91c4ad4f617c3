package io.driftless.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.testing.PseudoRandom;
import io.driftless.testing.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChunkerTest {
    private static final int MIB = 1 << 20;

    @Test
    void the_gear_table_never_changes() {
        long[] gear = GearTable.values();

        assertThat(gear).hasSize(256);
        assertThat(gear[0]).isEqualTo(0xbcd62e418db0d771L);
        assertThat(gear[1]).isEqualTo(0x17c062100f5ed951L);
        assertThat(gear[255]).isEqualTo(0xf39aaac2f3374c0fL);
        ByteBuffer all = ByteBuffer.allocate(2048);
        for (long value : gear) {
            all.putLong(value);
        }
        assertThat(Sha256.block(all.flip()).toString())
                .isEqualTo("01e173e9afeac4fb8d2ca0b49f3b025a15ec1a11a7d9f6e14eec574029c35c867a");
    }

    @Test
    void the_cuts_of_known_bytes_never_change() {
        List<BlockRef> blocks = cut(PseudoRandom.bytes(1, 8 * MIB));

        assertThat(blocks.stream().map(b -> b.lengthBytes() + " " + b.hash()))
                .containsExactly(
                        "1222191"
                                + " 0144d5b495fae6fbef2edb8b22dfaabea8858e86b06a19ad7d7533b8cbade8f20b",
                        "1449489"
                                + " 017bdca622f8947e8c1f0188f256bfbd902b1e6031749e7cf40ce1c8ddeb2c4042",
                        "1102334"
                                + " 01fd2632f4626f279181b2e744984a4ee68fb0334842d6039b5600c3d24fcf93aa",
                        "1138043"
                                + " 01da6daa78dc186f5b3ac47a68067292a575e5b1095d5d80714855baa13e7cdc3f",
                        "817058 012a6aa1fab7f204c9c1653905930a753640386130498a4b2a93d4fd13ce76f931",
                        "1428275"
                                + " 01dcdb20f6bcfc5eef226d4d52d3ba82f2494fd9dba71ac314456f048c8af58bd7",
                        "1231218"
                                + " 012fbd07e3c6ac2db2e334e3911b269050b2774a3b4f8fd31bd7d9ed5df5325219");
    }

    @Test
    void a_file_of_one_byte_value_is_cut_at_the_maximum() {
        assertThat(lengths(cut(new byte[9 * MIB]))).containsExactly(4 * MIB, 4 * MIB, MIB);
    }

    @Test
    void a_file_up_to_the_minimum_is_one_block_and_an_empty_file_has_none() {
        assertThat(cut(new byte[0])).isEmpty();
        assertThat(lengths(cut(new byte[1]))).containsExactly(1);
        assertThat(lengths(cut(PseudoRandom.bytes(2, Chunker.MIN_BYTES))))
                .containsExactly(Chunker.MIN_BYTES);
    }

    @Test
    void the_blocks_one_after_the_other_are_the_file_and_keep_the_limits() {
        Seeds.forEach(
                8,
                random -> {
                    byte[] file = PseudoRandom.bytes(random.nextLong(), random.nextInt(6 * MIB));

                    int at = 0;
                    List<BlockRef> blocks = cut(file);
                    for (BlockRef block : blocks) {
                        byte[] plain = Arrays.copyOfRange(file, at, at + block.lengthBytes());
                        assertThat(Sha256.block(plain)).isEqualTo(block.hash());
                        at += block.lengthBytes();
                    }

                    assertThat(at).isEqualTo(file.length);
                    assertThat(lengths(blocks)).allMatch(length -> length <= Chunker.MAX_BYTES);
                    assertThat(lengths(blocks.subList(0, Math.max(0, blocks.size() - 1))))
                            .allMatch(length -> length > Chunker.MIN_BYTES);
                });
    }

    @Test
    void the_pieces_a_file_comes_in_do_not_matter() {
        Seeds.forEach(
                6,
                random -> {
                    byte[] file =
                            PseudoRandom.bytes(
                                    random.nextLong(), 2 * MIB + random.nextInt(2 * MIB));
                    int largest = random.nextBoolean() ? 5 * MIB : 1 + random.nextInt(MIB);

                    List<BlockRef> blocks = new ArrayList<>();
                    BlockCutter cutter = new BlockCutter(blocks::add);
                    feedInPieces(cutter, file, largest, random);
                    cutter.finish();

                    assertThat(blocks).isEqualTo(cut(file));
                    assertThat(lengths(blocks)).isEqualTo(cutsWithoutState(file));
                });
    }

    @Test
    void a_cutter_can_be_used_again_after_a_file_was_finished_or_abandoned() {
        byte[] file = PseudoRandom.bytes(3, 3 * MIB);
        List<BlockRef> blocks = new ArrayList<>();
        BlockCutter cutter = new BlockCutter(blocks::add);
        cutter.feed(file, 0, MIB / 8);
        assertThat(cutter.openBytes()).isEqualTo(MIB / 8);

        cutter.abandon();
        cutter.feed(file, 0, file.length);
        cutter.finish();
        cutter.finish();

        assertThat(blocks).isEqualTo(cut(file));
        assertThat(cutter.openBytes()).isZero();
    }

    @Test
    void bytes_inserted_at_the_head_change_only_the_first_blocks() {
        Seeds.forEach(
                4,
                random -> {
                    byte[] file = PseudoRandom.bytes(random.nextLong(), 24 * MIB);
                    byte[] longer = new byte[file.length + 1 + random.nextInt(100)];
                    System.arraycopy(file, 0, longer, longer.length - file.length, file.length);

                    Set<BlockRef> before = new HashSet<>(cut(file));
                    List<BlockRef> after = cut(longer);

                    assertThat(after.stream().filter(block -> !before.contains(block)).count())
                            .isLessThanOrEqualTo(8);
                    assertThat(before).contains(after.getLast());
                });
    }

    private static void feedInPieces(BlockCutter cutter, byte[] file, int largest, Random random) {
        for (int at = 0; at < file.length; ) {
            int size = Math.min(file.length - at, random.nextInt(largest + 1));
            switch (random.nextInt(3)) {
                case 0 -> cutter.feed(file, at, at + size);
                case 1 -> cutter.feed(ByteBuffer.wrap(file, at, size));
                default -> cutter.feed(ByteBuffer.allocateDirect(size).put(file, at, size).flip());
            }
            at += size;
        }
    }

    private static List<Integer> cutsWithoutState(byte[] file) {
        List<Integer> lengths = new ArrayList<>();
        for (int at = 0; at < file.length; at += lengths.getLast()) {
            int early = Chunker.nextCut(file, at, Math.min(file.length, at + MIB), false);
            int length = Chunker.nextCut(file, at, file.length, true);
            assertThat(early).isIn(-1, length);
            lengths.add(length);
        }
        return lengths;
    }

    private static List<BlockRef> cut(byte[] file) {
        List<BlockRef> blocks = new ArrayList<>();
        BlockCutter cutter = new BlockCutter(blocks::add);
        cutter.feed(file, 0, file.length);
        cutter.finish();
        return blocks;
    }

    private static List<Integer> lengths(List<BlockRef> blocks) {
        return blocks.stream().map(BlockRef::lengthBytes).toList();
    }
}
