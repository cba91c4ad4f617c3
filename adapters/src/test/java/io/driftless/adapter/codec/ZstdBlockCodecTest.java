package io.driftless.adapter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.block.BlockLocation.Codec;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockCodec.Encoded;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZstdBlockCodecTest {
    private final ZstdBlockCodec codec = new ZstdBlockCodec();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 100, 65_535, 65_536, 1 << 20, 4 << 20})
    void gives_back_what_it_was_given(int length) {
        for (ByteBuffer plain : new ByteBuffer[] {words(length), random(length)}) {
            Encoded encoded = codec.encode(plain);

            assertThat(codec.decode(encoded.codec(), encoded.stored(), length)).isEqualTo(plain);
            assertThat(plain.remaining()).isEqualTo(length);
        }
    }

    @Test
    void compresses_what_becomes_smaller_by_an_eighth() {
        Encoded encoded = codec.encode(words(1 << 20));

        assertThat(encoded.codec()).isEqualTo(Codec.ZSTD);
        assertThat(encoded.stored().remaining()).isLessThan(1 << 19);
    }

    @Test
    void keeps_what_hardly_becomes_smaller() {
        byte[] mostlyRandom = random(60_000).array();
        Arrays.fill(mostlyRandom, 0, 5_000, (byte) 0);

        assertThat(codec.encode(ByteBuffer.wrap(mostlyRandom)).codec()).isEqualTo(Codec.RAW);
        assertThat(codec.encode(random(4 << 20)).codec()).isEqualTo(Codec.RAW);
        assertThat(codec.encode(words(3)).codec()).isEqualTo(Codec.RAW);
    }

    @Test
    void takes_buffers_of_every_kind() {
        ByteBuffer words = words(10_000);
        ByteBuffer direct = ByteBuffer.allocateDirect(10_000).put(words.duplicate()).flip();
        byte[] padded = new byte[10_020];
        words.duplicate().get(padded, 7, 10_000);
        ByteBuffer slice = ByteBuffer.wrap(padded, 7, 10_000).slice();

        for (ByteBuffer plain : new ByteBuffer[] {words.asReadOnlyBuffer(), direct, slice}) {
            Encoded encoded = codec.encode(plain);
            ByteBuffer readOnly = encoded.stored().asReadOnlyBuffer();
            assertThat(codec.decode(encoded.codec(), readOnly, 10_000)).isEqualTo(words);
        }
    }

    @Test
    void calls_another_length_damage() {
        Encoded raw = codec.encode(random(100));
        Encoded packed = codec.encode(words(10_000));

        isDamaged(raw, 99);
        isDamaged(raw, 101);
        isDamaged(packed, 9_999);
        isDamaged(packed, 10_001);
        isDamaged(packed, -1);
        isDamaged(packed, Integer.MAX_VALUE);
    }

    @Test
    void calls_cut_or_foreign_bytes_damage() {
        ByteBuffer stored = codec.encode(words(10_000)).stored();

        for (int length = 0; length < stored.remaining(); length += 7) {
            isDamaged(new Encoded(Codec.ZSTD, stored.slice(0, length)), 10_000);
        }
        isDamaged(new Encoded(Codec.ZSTD, random(5_000)), 10_000);
    }

    private void isDamaged(Encoded encoded, int plainBytes) {
        assertThatThrownBy(() -> codec.decode(encoded.codec(), encoded.stored(), plainBytes))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_OBJECT_DAMAGED));
    }

    private static ByteBuffer words(int length) {
        Random random = new Random(length);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append("word ").append(random.nextInt(1000)).append(' ');
        }
        return ByteBuffer.wrap(text.substring(0, length).getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuffer random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
