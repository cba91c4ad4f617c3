package io.driftless.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.testing.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StatRacyTest {
    private static final Instant NOW = Instant.parse("2026-11-22T17:17:12.500Z");
    private static final Duration GRAIN = Duration.ofMillis(20);

    private static Stat stat(Instant modified, Instant changed) {
        Metadata metadata = new Metadata(0644, 0, 0, timestamp(modified));
        return new Stat(Stat.Kind.FILE, 1, metadata, timestamp(changed), 1, 2, 1);
    }

    private static Timestamp timestamp(Instant time) {
        return new Timestamp(time.getEpochSecond(), time.getNano());
    }

    private static boolean isRacy(Instant changed) {
        return stat(changed, changed).isRacy(NOW, GRAIN);
    }

    @Test
    void what_changed_within_the_grain_is_racy() {
        assertThat(isRacy(NOW)).isTrue();
        assertThat(isRacy(NOW.minusMillis(19))).isTrue();
        assertThat(isRacy(NOW.minusMillis(21))).isFalse();
    }

    /** FAT keeps even seconds, some servers whole ones. */
    @Test
    void what_has_whole_seconds_is_racy_for_two() {
        assertThat(isRacy(Instant.parse("2026-11-22T17:17:12Z"))).isTrue();
        assertThat(isRacy(Instant.parse("2026-11-22T17:17:11Z"))).isTrue();
        assertThat(isRacy(Instant.parse("2026-11-22T17:17:10Z"))).isFalse();
    }

    /** A time that somebody set has whole seconds often, one that the file system set has not. */
    @Test
    void one_whole_second_alone_says_nothing_of_the_clock() {
        Instant whole = Instant.parse("2026-11-22T17:17:12Z");

        assertThat(stat(whole, whole.plusMillis(1)).isRacy(NOW, GRAIN)).isFalse();
        assertThat(stat(whole.plusMillis(1), whole).isRacy(NOW, GRAIN)).isFalse();
    }

    @Test
    void what_changed_in_the_future_is_racy() {
        Seeds.forEach((Random random) -> {
            Instant later = NOW.plusNanos(1 + random.nextLong(Long.MAX_VALUE >> 4));

            assertThat(isRacy(later)).isTrue();
        });
    }

    @Test
    void a_grain_that_is_set_longer_counts() {
        Instant changed = Instant.parse("2026-11-22T17:17:08Z");

        assertThat(stat(changed, changed).isRacy(NOW, Duration.ofSeconds(5))).isTrue();
    }
}
