package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Requests;
import io.driftless.port.TargetState.Settled;
import io.driftless.tree.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a target's state remembers of when content was proven, and of tries that failed. */
abstract class TargetStateProofRules extends TargetStateHistoryRules {
    private static final Instant EARLY = NOW.minusSeconds(2).plusNanos(3);

    @Test
    void names_files_by_the_age_of_their_proof_those_without_one_first() {
        fold(directory(""), file("a", "1"), file("b", "2"), file("c", "3"), symlink("l", "a"));
        settle(Kind.CONTENT, right(file("a", "1"), NOW), right(file("c", "3"), EARLY));
        settle(
                Kind.CONTENT,
                new Settled.Right(applied(file("b", "2"))),
                new Settled.Right(applied(symlink("l", "a"))));
        settle(Kind.DIRECTORY, new Settled.Right(applied(directory(""))));

        List<Applied> all = get(state().leastProven(NOW, ALL));

        assertThat(all).map(one -> one.path().toString()).containsExactly("b", "c", "a");
        assertThat(all)
                .map(Applied::proven)
                .containsExactly(Optional.empty(), Optional.of(EARLY), Optional.of(NOW));
        assertThat(get(state().leastProven(NOW, 1))).containsExactly(all.getFirst());
    }

    @Test
    void keeps_the_proof_of_a_content_until_another_one_is_there() {
        fold(directory(""), file("a", "1"));
        settle(Kind.CONTENT, right(file("a", "1"), EARLY));

        does(state().observe(Map.of(path("a"), Optional.of(applied(file("a", "1"))))));
        assertThat(get(state().leastProven(NOW, 1)))
                .map(Applied::proven)
                .contains(Optional.of(EARLY));

        does(state().observe(Map.of(path("a"), Optional.of(proven(file("a", "1"), NOW)))));
        assertThat(get(state().leastProven(NOW, 1)))
                .map(Applied::proven)
                .contains(Optional.of(NOW));

        settle(Kind.CONTENT, new Settled.Right(applied(file("a", "2"))));
        assertThat(get(state().leastProven(NOW, 1)))
                .map(Applied::proven)
                .contains(Optional.empty());
    }

    /** Else a clock that was ahead for a while would end all proving of what was proven then. */
    @Test
    void takes_a_proof_from_the_future_for_none() {
        fold(directory(""), file("a", "1"), file("b", "2"), file("c", "3"));
        settle(Kind.CONTENT, right(file("a", "1"), NOW.plusSeconds(1)));
        settle(Kind.CONTENT, right(file("b", "2"), EARLY), right(file("c", "3"), NOW));

        List<Applied> all = get(state().leastProven(NOW, ALL));

        assertThat(all).map(one -> one.path().toString()).containsExactly("a", "b", "c");
        assertThat(get(state().leastProven(NOW, 1))).containsExactly(all.getFirst());
    }

    @Test
    void has_no_proof_of_what_it_was_told_to_forget() {
        fold(directory(""), file("a", "1"));
        settle(Kind.CONTENT, right(file("a", "1"), EARLY));

        does(state().observe(Map.of(path("a"), Optional.empty())));
        assertThat(get(state().leastProven(NOW, ALL))).isEmpty();

        does(state().observe(Map.of(path("a"), Optional.of(applied(file("a", "1"))))));
        assertThat(get(state().leastProven(NOW, 1)))
                .map(Applied::proven)
                .contains(Optional.empty());
    }

    @Test
    void makes_every_deviation_due_when_told_to_try_again() {
        fold(directory(""), file("a", "1"), file("b", "2"));
        Instant later = NOW.plusSeconds(60);
        settle(
                Kind.CONTENT,
                new Settled.Deviating(path("a"), ErrorCode.ENTRY_UNREADABLE, "no", later));
        assertThat(paths(Kind.CONTENT)).containsExactly("b");

        does(state().retryAll());

        assertThat(paths(Kind.CONTENT)).containsExactly("a", "b");
        assertThat(get(state().deviations(ALL)).counts()).isEmpty();
        assertThat(get(state().workLeft())).isEqualTo(3);
    }

    @Test
    void remembers_what_of_the_orders_was_done() {
        assertThat(get(state().requestsDone())).isEqualTo(Requests.NONE);

        does(state().requestsDone(new Requests(1, 2, 3)));
        does(state().requestsDone(new Requests(4, 2, Long.MAX_VALUE)));

        assertThat(get(reopened(true).requestsDone()))
                .isEqualTo(new Requests(4, 2, Long.MAX_VALUE));
    }

    @Test
    void does_files_that_failed_after_those_that_were_not_tried() {
        Instant soon = NOW.plusSeconds(8);
        Instant later = NOW.plusSeconds(9);
        fold(directory(""), file("a", "1"), file("b", "2"), file("c", "3"));
        settle(
                Kind.CONTENT,
                new Settled.Deviating(path("a"), ErrorCode.NO_SPACE, "full", later),
                new Settled.Deviating(path("b"), ErrorCode.NO_SPACE, "full", soon));

        assertThat(contentDue(TargetState.NOT_TRIED)).containsExactly("c");
        assertThat(contentDue(soon)).containsExactly("c", "b");
        assertThat(contentDue(later)).containsExactly("c", "b", "a");
    }

    private List<String> contentDue(Instant now) {
        return work(Kind.CONTENT, now).stream().map(work -> work.path().toString()).toList();
    }

    private static Settled right(Entry entry, Instant proven) {
        return new Settled.Right(proven(entry, proven));
    }

    private static Applied proven(Entry entry, Instant proven) {
        Applied applied = applied(entry);
        return new Applied(applied.path(), applied.stat(), applied.content(), Optional.of(proven));
    }
}
