package io.driftless.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UnreadPacksTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final UUID PACK = new UUID(0, 1);
    private static final UUID OTHER = new UUID(0, 2);

    private final UnreadPacks packs = new UnreadPacks(PATIENCE);
    private Instant now = Instant.EPOCH;

    @Test
    void are_lost_when_they_failed_several_times_for_a_while() {
        assertThat(failsAfter(PACK, Duration.ZERO)).isFalse();
        assertThat(failsAfter(PACK, Duration.ofMinutes(1))).isFalse();
        assertThat(failsAfter(PACK, Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void are_not_lost_by_many_failures_of_one_moment() {
        for (int i = 0; i < 100; i++) {
            assertThat(failsAfter(PACK, Duration.ofSeconds(1))).isFalse();
        }
    }

    @Test
    void are_not_lost_by_few_failures_of_a_long_time() {
        assertThat(failsAfter(PACK, Duration.ZERO)).isFalse();
        assertThat(failsAfter(PACK, Duration.ofDays(3))).isFalse();
    }

    @Test
    void begin_anew_when_they_were_read() {
        failsAfter(PACK, Duration.ZERO);
        failsAfter(PACK, Duration.ofMinutes(1));
        packs.wasRead(PACK);

        assertThat(failsAfter(PACK, Duration.ofMinutes(5))).isFalse();
    }

    @Test
    void are_counted_each_for_itself() {
        failsAfter(PACK, Duration.ZERO);
        failsAfter(OTHER, Duration.ofMinutes(1));
        failsAfter(PACK, Duration.ofMinutes(1));

        assertThat(failsAfter(OTHER, Duration.ofMinutes(5))).isFalse();
    }

    private boolean failsAfter(UUID pack, Duration wait) {
        now = now.plus(wait);
        return packs.isLost(pack, now);
    }
}
