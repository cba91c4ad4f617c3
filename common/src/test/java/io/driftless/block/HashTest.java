package io.driftless.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.testing.Seeds;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashTest {
    @Test
    void a_name_reads_back_from_its_bytes_and_from_its_text() {
        Seeds.forEach(random -> {
            BlockHash hash = BlockHash.ofDigest(digest(random));

            assertThat(BlockHash.ofBytes(hash.toBytes())).isEqualTo(hash);
            assertThat(BlockHash.parse(hash.toString())).isEqualTo(hash).hasSameHashCodeAs(hash);
            assertThat(hash.toString()).hasSize(66).startsWith("01");
        });
    }

    @Test
    void bits_are_counted_from_the_lowest_of_the_last_byte() {
        Seeds.forEach(random -> {
            byte[] digest = digest(random);
            BigInteger number = new BigInteger(1, digest);
            PageHash hash = PageHash.ofDigest(digest);

            for (int offset = 0; offset <= 252; offset++) {
                boolean isZero =
                        number.shiftRight(offset).mod(BigInteger.valueOf(16)).signum() == 0;
                assertThat(hash.hasZeroBits(offset, 4)).isEqualTo(isZero);
            }
        });
    }

    @Test
    void order_is_that_of_the_bytes() {
        Seeds.forEach(random -> {
            PageHash left = PageHash.ofDigest(digest(random));
            PageHash right = random.nextInt(8) == 0 ? left : PageHash.ofDigest(digest(random));

            int order = Arrays.compareUnsigned(left.toBytes(), right.toBytes());
            assertThat(Integer.signum(left.compareTo(right))).isEqualTo(Integer.signum(order));
        });
    }

    @Test
    void names_of_different_things_are_never_equal() {
        byte[] digest = digest(new Random(1));

        assertThat((Hash) BlockHash.ofDigest(digest)).isNotEqualTo(ContentId.ofDigest(digest));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01",
                "zz",
                "02e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "01e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85500"
            })
    void what_is_no_name_is_damaged(String text) {
        assertThatThrownBy(() -> PageHash.parse(text))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_OBJECT_DAMAGED));
    }

    /** Often with long runs of zero bits. */
    private static byte[] digest(Random random) {
        byte[] digest = new byte[32];
        for (int i = 0; i < digest.length; i++) {
            digest[i] = random.nextInt(3) == 0 ? (byte) random.nextInt() : 0;
        }
        return digest;
    }
}
