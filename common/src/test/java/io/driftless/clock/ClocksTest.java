package io.driftless.clock;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.SyncException;
import io.driftless.testing.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClocksTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final List<String> changes = new ArrayList<>();
    private final Clocks clocks =
            new Clocks(
                    "ours",
                    (whose, trouble) ->
                            changes.add(whose + (trouble.isPresent() ? " is off" : " is right")));

    /** Of a clock that is this far ahead, over a way that takes no time. */
    private void ask(String whose, Duration ahead, Instant now) {
        clocks.asked(whose, now, now.plus(ahead), now);
    }

    private List<String> told(Instant now) {
        return clocks.troubles(now).stream().map(SyncException::getMessage).toList();
    }

    @Test
    void who_is_off_and_by_how_much_is_told_by_name() {
        ask("b", Duration.ofMillis(5_250), NOON);
        ask("a", Duration.ofMillis(-2_100), NOON);
        ask("c", Duration.ofMillis(1_900), NOON);

        assertThat(told(NOON))
                .containsExactly(
                        "The clock of a is 2.1 s behind ours; set both by NTP.",
                        "The clock of b is 5.3 s ahead of ours; set both by NTP.");
        assertThat(clocks.troubles(NOON)).allMatch(one -> one.code().id().equals("DL-3011"));
    }

    @Test
    void a_message_counts_as_well_as_an_answer() {
        clocks.heard("a", NOON.plusSeconds(3), NOON);
        assertThat(told(NOON)).isEmpty();

        clocks.heard("a", NOON.plusSeconds(63), NOON.plusSeconds(60));

        assertThat(told(NOON.plusSeconds(60)))
                .containsExactly("The clock of a is 3.0 s ahead of ours; set both by NTP.");
    }

    @Test
    void each_change_is_told_once() {
        for (int i = 0; i < 5; i++) {
            ask("a", Duration.ofSeconds(4), NOON.plusSeconds(i));
        }
        for (int i = 5; i < 9; i++) {
            ask("a", Duration.ZERO, NOON.plusSeconds(i));
        }

        assertThat(changes).containsExactly("a is off", "a is right");
        assertThat(told(NOON.plusSeconds(9))).isEmpty();
    }

    @Test
    void a_clock_at_the_edge_is_not_told_again_and_again() {
        for (int i = 0; i < 10; i++) {
            ask("a", Duration.ofMillis(i % 2 == 0 ? 2_050 : 1_950), NOON.plusSeconds(i));
        }

        assertThat(changes).containsExactly("a is off");
    }

    /** Whatever of the time between question and answer was before the other looked. */
    @Test
    void an_answer_that_took_long_makes_no_clock_wrong() {
        Seeds.forEach(random -> {
            Instant asked = NOON.plusSeconds(random.nextLong(1_000));
            Duration took = Duration.ofMillis(random.nextLong(60_000));
            Instant looked = asked.plusMillis(random.nextLong(took.toMillis() + 1));

            clocks.asked("a", asked, looked, asked.plus(took));
            clocks.asked("b", asked, looked.plus(took).plusMillis(2_001), asked.plus(took));

            assertThat(told(asked.plus(took))).hasSize(1).allMatch(text -> text.contains("of b"));
        });
    }

    @Test
    void a_clock_of_ours_that_is_set_meanwhile_says_nothing_of_the_other() {
        clocks.asked("a", NOON, NOON, NOON.minusSeconds(3_600));

        assertThat(told(NOON)).isEmpty();
    }

    @Test
    void of_whom_nothing_is_heard_any_more_nothing_is_told() {
        ask("a", Duration.ofSeconds(4), NOON);
        ask("b", Duration.ofSeconds(4), NOON);

        clocks.forget("b");

        assertThat(told(NOON.plusSeconds(299))).hasSize(1);
        assertThat(told(NOON.plusSeconds(300))).isEmpty();
    }
}
