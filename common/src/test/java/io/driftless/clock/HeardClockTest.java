package io.driftless.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.clock.HeardClock.Message;
import io.driftless.testing.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class HeardClockTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private HeardClock clock = HeardClock.UNHEARD;

    private void hear(Instant said, Instant came) {
        clock = clock.hear(new Message(said, came));
    }

    @Test
    void one_message_says_nothing_of_a_clock() {
        hear(NOON.plusSeconds(5), NOON);

        assertThat(clock.ahead()).isEmpty();
    }

    @Test
    void two_messages_that_agree_say_how_far_a_clock_is_off() {
        Seeds.forEach(random -> {
            clock = HeardClock.UNHEARD;
            Duration ahead = Duration.ofMillis(random.nextLong(-100_000, 100_000));
            Instant now = NOON;
            Duration least = Duration.ofDays(1);
            for (int i = 0; i < 3; i++) {
                Duration underWay = Duration.ofMillis(random.nextLong(0, 400));
                hear(now.plus(ahead), now.plus(underWay));
                now = now.plusSeconds(random.nextLong(12, 100));
                least = least.compareTo(underWay) < 0 ? least : underWay;
            }

            assertThat(clock.ahead().orElseThrow())
                    .isBetween(ahead.minusMillis(400), ahead.minus(least));
        });
    }

    /** A topic gives what it holds at one stroke to whoever begins to read it. */
    @Test
    void messages_that_were_kept_and_let_go_at_once_say_nothing() {
        Seeds.forEach(random -> {
            clock = HeardClock.UNHEARD;
            Instant said = NOON;
            for (int i = 0; i < 50; i++) {
                said = said.plusMillis(random.nextLong(0, 120_000));
                hear(said, NOON.plus(Duration.ofDays(1)).plusMillis(i));
            }

            assertThat(clock.ahead()).isEmpty();
        });
    }

    @Test
    void a_message_that_was_held_up_by_itself_changes_nothing() {
        Seeds.forEach(random -> {
            clock = HeardClock.UNHEARD;
            Instant now = NOON;
            for (int i = 0; i < 20; i++) {
                boolean isHeldUp = i > 2 && i % 3 == 0;
                Duration held = isHeldUp ? heldUp(random) : Duration.ZERO;
                hear(now, now.plus(held));
                now = now.plus(MINUTE);
            }

            assertThat(clock.ahead()).contains(Duration.ZERO);
        });
    }

    private static Duration heldUp(RandomGenerator random) {
        return Duration.ofMillis(random.nextLong(2_000, 50_000));
    }

    @Test
    void a_clock_that_is_set_is_known_anew_after_two_messages() {
        hear(NOON.plusSeconds(5), NOON);
        hear(NOON.plusSeconds(65), NOON.plusSeconds(60));
        assertThat(clock.ahead()).contains(Duration.ofSeconds(5));

        hear(NOON.plusSeconds(120), NOON.plusSeconds(120));
        hear(NOON.plusSeconds(180), NOON.plusSeconds(180));

        assertThat(clock.ahead()).contains(Duration.ZERO);
    }

    @Test
    void a_clock_that_is_set_far_back_is_known_anew_as_well() {
        Instant before = NOON.plus(Duration.ofDays(365));
        hear(before, NOON);
        hear(before.plus(MINUTE), NOON.plus(MINUTE));

        hear(NOON.plusSeconds(120), NOON.plusSeconds(120));
        hear(NOON.plusSeconds(180), NOON.plusSeconds(180));

        assertThat(clock.ahead()).contains(Duration.ZERO);
    }
}
