package io.driftless.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.guard.Removal;
import io.driftless.path.EntryPath;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldRemovalsTest {
    private static final Instant BEGIN = Instant.EPOCH.plus(Duration.ofDays(1));
    private static final List<Removal> ROWS = List.of(row("a"), row("b"));

    private final HeldRemovals held = new HeldRemovals();

    private static Removal row(String path) {
        return new Removal(EntryPath.parse(path), new Version(1));
    }

    @Test
    void waits_until_it_was_quiet_for_a_while() {
        assertThat(held.hold(ROWS, BEGIN)).isTrue();
        assertThat(held.hold(ROWS, BEGIN.plus(HeldRemovals.QUIET).minusMillis(1))).isTrue();
        assertThat(held.hold(ROWS, BEGIN.plus(HeldRemovals.QUIET))).isFalse();
    }

    @Test
    void waits_on_while_something_appears() {
        held.hold(ROWS, BEGIN);
        Instant later = BEGIN.plusSeconds(10);
        held.appeared(later);

        assertThat(held.hold(ROWS, later.plus(HeldRemovals.QUIET).minusMillis(1))).isTrue();
        assertThat(held.hold(ROWS, later.plus(HeldRemovals.QUIET))).isFalse();
    }

    @Test
    void waits_no_longer_than_it_says_however_much_appears() {
        held.hold(ROWS, BEGIN);
        Instant end = BEGIN.plus(HeldRemovals.LONGEST);
        held.appeared(end);

        assertThat(held.hold(ROWS, end.minusMillis(1))).isTrue();
        assertThat(held.hold(ROWS, end)).isFalse();
    }

    @Test
    void the_first_of_them_decides_and_more_of_them_do_not_prolong_it() {
        held.hold(List.of(row("a")), BEGIN);

        assertThat(held.hold(ROWS, BEGIN.plus(HeldRemovals.QUIET))).isFalse();
    }

    /** As where they are so many that they come in several changes. */
    @Test
    void some_do_not_begin_anew_for_others() {
        held.hold(List.of(row("a")), BEGIN);
        held.hold(List.of(row("b")), BEGIN);

        assertThat(held.hold(List.of(row("a")), BEGIN.plus(HeldRemovals.QUIET))).isFalse();
        held.forget(List.of(row("a")));
        assertThat(held.hold(List.of(row("b")), BEGIN.plus(HeldRemovals.QUIET))).isFalse();
    }

    @Test
    void what_came_back_and_is_removed_again_waits_anew() {
        held.hold(ROWS, BEGIN);
        Removal again = new Removal(EntryPath.parse("a"), new Version(2));

        assertThat(held.hold(List.of(again), BEGIN.plus(HeldRemovals.QUIET))).isTrue();
    }

    @Test
    void what_is_removed_again_much_later_waits_anew() {
        held.hold(ROWS, BEGIN);
        Instant later = BEGIN.plus(Duration.ofHours(1));
        for (int step = 0; step < 3; step++) {
            held.begin(later);
        }

        assertThat(held.hold(ROWS, later)).isTrue();
    }

    /** As where what there is to be gone through before them takes that long. */
    @Test
    void what_is_asked_about_seldom_comes_to_its_end_too() {
        held.hold(ROWS, BEGIN);
        Instant later = BEGIN.plus(Duration.ofHours(1));
        held.begin(later);

        assertThat(held.hold(ROWS, later)).isFalse();
    }

    @Test
    void holds_nothing_where_there_is_nothing() {
        assertThat(held.hold(List.of(), BEGIN)).isFalse();
    }

    @Test
    void what_was_forgotten_waits_anew() {
        held.hold(ROWS, BEGIN);
        held.forget();

        assertThat(held.hold(ROWS, BEGIN.plus(HeldRemovals.QUIET))).isTrue();
    }
}
