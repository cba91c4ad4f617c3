package io.driftless.adapter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.block.BlockLocation;
import io.driftless.block.BlockLocation.Codec;
import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockCodec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PackTest {
    private static final UUID ID = SampleEvents.ID;

    private final BlockCodec codec = new ZstdBlockCodec();

    @Test
    void gives_every_block_back() {
        List<ByteBuffer> plains = List.of(text("one"), text("two ".repeat(1000)), random(70_000));
        PackWriter writer = new PackWriter(ID);
        plains.forEach(plain -> add(writer, plain));

        PackWriter.Pack pack = writer.finish();

        PackReader reader = new PackReader(ID, join(pack.pieces()));
        assertThat(reader.blocks()).isEqualTo(pack.blocks()).hasSize(3);
        assertThat(reader.blocks().stream().map(block -> plain(reader, block))).isEqualTo(plains);
        assertThat(join(pack.pieces()).remaining()).isEqualTo(pack.sizeBytes());
    }

    @Test
    void shares_the_blocks_bytes_instead_of_copying_them() {
        byte[] bytes = random(100_000).array();
        PackWriter writer = new PackWriter(ID);

        add(writer, ByteBuffer.wrap(bytes));

        assertThat(writer.finish().pieces().getFirst().array()).isSameAs(bytes);
    }

    @Test
    void takes_a_block_once() {
        PackWriter writer = new PackWriter(ID);

        add(writer, text("same"));
        add(writer, text("same"));

        assertThat(writer.finish().blocks()).hasSize(1);
    }

    @Test
    void grows_to_its_limit_and_not_beyond() {
        PackWriter writer = new PackWriter(ID);
        int seed = 0;
        while (writer.hasRoomFor(4 << 20)) {
            add(writer, random(4 << 20, seed++));
        }
        int rest = PackWriter.MAX_PACK_BYTES - writer.sizeBytes() - 46;

        assertThat(writer.hasRoomFor(rest)).isTrue();
        assertThat(writer.hasRoomFor(rest + 1)).isFalse();
        assertThatThrownBy(() -> add(writer, random(4 << 20, 1_000)))
                .isInstanceOf(SyncException.class);
        add(writer, random(rest, -1));
        assertThat(writer.finish().sizeBytes()).isEqualTo(PackWriter.MAX_PACK_BYTES);
    }

    @Test
    void has_the_form_that_the_formats_describe() {
        PackWriter writer = new PackWriter(ID);
        writer.add(ref(text("abc")), new BlockCodec.Encoded(Codec.RAW, text("abc")));

        String hex = HexFormat.of().formatHex(join(writer.finish().pieces()).array());

        assertThat(hex)
                .isEqualTo(
                        "616263"
                                + "01ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
                                + "00000000"
                                + "00000003"
                                + "00000003"
                                + "00"
                                + "0000002e"
                                + hex.substring(hex.length() - 24, hex.length() - 16)
                                + "4452465450414b31");
    }

    @Test
    void finds_every_change_of_a_byte_of_the_table() {
        byte[] pack = smallPack();
        int blocks = "one".length() + "two".length();

        for (int at = blocks; at < pack.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = pack.clone();
                changed[at] ^= (byte) (1 << bit);
                isDamaged(changed);
            }
        }
    }

    @Test
    void finds_that_a_pack_was_cut_or_grew() {
        byte[] pack = smallPack();

        for (int length = 0; length < pack.length; length++) {
            isDamaged(Arrays.copyOf(pack, length));
            isDamaged(Arrays.copyOfRange(pack, length + 1, pack.length));
        }
        isDamaged(Arrays.copyOf(pack, pack.length + 1));
        isDamaged(Arrays.copyOf(new byte[0], PackWriter.MAX_PACK_BYTES + 1));
    }

    @Test
    void refuses_a_table_with_a_true_checksum_and_false_rows() {
        BlockLocation good = new BlockLocation(ref(text("abc")), ID, 0, 3, Codec.RAW);

        isDamaged(packOf(3, List.of(good, good)));
        isDamaged(packOf(3, List.of(new BlockLocation(good.block(), ID, 1, 3, Codec.RAW))));
        isDamaged(packOf(4, List.of(new BlockLocation(good.block(), ID, 0, 4, Codec.RAW))));
        isDamaged(packOf(3, List.of(new BlockLocation(good.block(), ID, 0, 3, Codec.ZSTD))));
        isDamaged(packOf(2, List.of(new BlockLocation(good.block(), ID, 0, 2, Codec.RAW))));
        isDamaged(packOf(4, List.of(good)));
        isDamaged(packOf(3, List.of()));
    }

    private static byte[] packOf(int storedBytes, List<BlockLocation> rows) {
        return join(List.of(ByteBuffer.allocate(storedBytes), PackTable.encode(rows))).array();
    }

    private byte[] smallPack() {
        PackWriter writer = new PackWriter(ID);
        add(writer, text("one"));
        add(writer, text("two"));
        return join(writer.finish().pieces()).array();
    }

    private static void isDamaged(byte[] pack) {
        assertThatThrownBy(() -> new PackReader(ID, ByteBuffer.wrap(pack)))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_OBJECT_DAMAGED));
    }

    private void add(PackWriter writer, ByteBuffer plain) {
        writer.add(ref(plain), codec.encode(plain));
    }

    private ByteBuffer plain(PackReader reader, BlockLocation block) {
        return codec.decode(block.codec(), reader.stored(block), block.block().lengthBytes());
    }

    private static BlockRef ref(ByteBuffer plain) {
        return new BlockRef(Sha256.block(plain), plain.remaining());
    }

    private static ByteBuffer join(List<ByteBuffer> pieces) {
        ByteBuffer whole =
                ByteBuffer.allocate(pieces.stream().mapToInt(ByteBuffer::remaining).sum());
        pieces.forEach(piece -> whole.put(piece.duplicate()));
        return whole.flip();
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer random(int length) {
        return random(length, length);
    }

    private static ByteBuffer random(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
