package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Deviations;
import io.driftless.port.TargetState.Extras;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled;
import io.driftless.port.TargetState.Settled.Deviating;
import io.driftless.port.TargetState.Work;
import io.driftless.tree.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What {@link TargetStateContract} says of work: where it comes from, in which order it is done and
 * how it ends.
 */
abstract class TargetStateWorkRules extends TargetStateProofRules {
    private static final Instant LATER = NOW.plus(Duration.ofMinutes(5));

    // ---- Where work comes from

    @Test
    void makes_work_of_every_changed_path() {
        fold(directory(""), directory("d"), file("d/f", "one"), symlink("l", "t"));

        assertThat(paths(Kind.DIRECTORY)).containsExactly("", "d");
        assertThat(paths(Kind.CONTENT)).containsExactly("d/f", "l");
        assertThat(paths(Kind.REMOVAL)).isEmpty();
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("d", "");
        assertThat(get(state().workLeft())).isEqualTo(4);
    }

    @Test
    void makes_work_of_the_directory_around_a_change() {
        foldAndApply(directory(""), directory("d"), directory("e"), file("d/f", "one"));

        fold(file("d/f", "two"));

        assertThat(paths(Kind.DIRECTORY)).isEmpty();
        assertThat(paths(Kind.CONTENT)).containsExactly("d/f");
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("d");
    }

    @Test
    void makes_work_of_the_directory_around_a_removal() {
        foldAndApply(directory(""), directory("d"), file("d/f", "one"));

        fold(remove("d/f"));

        assertThat(paths(Kind.REMOVAL)).containsExactly("d/f");
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("d");
    }

    @Test
    void makes_no_metadata_work_of_a_directory_that_is_removed_too() {
        foldAndApply(directory(""), directory("d"), file("d/f", "one"));

        fold(remove("d"), remove("d/f"));

        assertThat(paths(Kind.REMOVAL)).containsExactly("d/f", "d");
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("");
    }

    @Test
    void makes_no_work_of_the_removal_of_what_was_never_desired() {
        foldAndApply(directory(""));
        does(state().observe(Map.of(path("theirs"), Optional.of(applied(file("theirs", "own"))))));

        fold(remove("theirs"), remove("nothing"));

        assertThat(paths(Kind.REMOVAL)).isEmpty();
    }

    @Test
    void replaces_work_when_a_path_becomes_something_else() {
        foldAndApply(directory(""), directory("d"));
        fold(remove("d"));

        fold(file("d", "now a file"));

        assertThat(paths(Kind.REMOVAL)).isEmpty();
        assertThat(paths(Kind.DIRECTORY)).isEmpty();
        assertThat(paths(Kind.CONTENT)).containsExactly("d");
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("");
    }

    @Test
    void remembers_how_often_a_path_failed_and_when_it_is_tried_next() {
        foldAndApply(directory(""));
        fold(file("f", "one"));
        Deviating third =
                new Deviating(path("f"), ErrorCode.NOT_PERMITTED, "not allowed", LATER, 3);

        does(state().settle(Kind.CONTENT, List.of(third)));

        assertThat(get(state().deviations(ALL)).examples()).containsExactly(third);
    }

    @Test
    void counts_what_is_to_be_removed_and_was_never_desired() {
        foldAndApply(directory(""), file("f", "one"), file("g", "two"));
        fold(remove("g"));
        does(
                state().demand(
                                List.of(
                                        new Demand(path("x"), Kind.REMOVAL, true),
                                        new Demand(path("y"), Kind.REMOVAL, true))));

        Extras extras = get(state().extras());

        assertThat(extras.entries()).isEqualTo(2);
        assertThat(extras.desired()).isEqualTo(2);
        does(state().demand(List.of(new Demand(path("z"), Kind.REMOVAL, true))));
        assertThat(get(state().extras()).id()).isNotEqualTo(extras.id());
    }

    @Test
    void names_the_same_extras_the_same_whatever_became_of_them() {
        foldAndApply(directory(""));
        does(
                state().demand(
                                List.of(
                                        new Demand(path("x"), Kind.REMOVAL, true),
                                        new Demand(path("y"), Kind.REMOVAL, true))));
        Extras extras = get(state().extras());

        does(
                state().settle(
                                Kind.REMOVAL,
                                List.of(
                                        new Deviating(
                                                path("x"), ErrorCode.EXTRAS_HELD, "held", LATER))));

        assertThat(get(state().extras())).isEqualTo(extras);
    }

    @Test
    void names_extras_otherwise_where_something_else_is_seen_at_their_paths() {
        foldAndApply(directory(""));
        does(state().demand(List.of(new Demand(path("x"), Kind.REMOVAL, true, 1))));
        Extras extras = get(state().extras());

        does(state().demand(List.of(new Demand(path("x"), Kind.REMOVAL, true, 1))));
        assertThat(get(state().extras())).isEqualTo(extras);

        does(state().demand(List.of(new Demand(path("x"), Kind.REMOVAL, true, 2))));
        assertThat(get(state().extras()).entries()).isEqualTo(1);
        assertThat(get(state().extras()).id()).isNotEqualTo(extras.id());
    }

    @Test
    void takes_extras_for_ours_once_they_are_approved() {
        foldAndApply(directory(""));
        Demand extra = new Demand(path("x"), Kind.REMOVAL, true);
        does(state().demand(List.of(extra)));
        does(
                state().settle(
                                Kind.REMOVAL,
                                List.of(
                                        new Deviating(
                                                path("x"), ErrorCode.EXTRAS_HELD, "held", LATER))));

        does(state().approveExtras());

        assertThat(get(state().extras()).entries()).isZero();
        assertThat(work(Kind.REMOVAL))
                .containsExactly(new Work(path("x"), Optional.empty(), Optional.empty(), false));
        does(state().demand(List.of(extra)));
        assertThat(get(state().extras()).entries()).isZero();
    }

    @Test
    void tells_what_is_desired_and_what_was_applied() {
        foldAndApply(directory(""), file("f", "one"), file("g", "two"));

        fold(new Change.Put(file("f", "three")), remove("g"));

        assertThat(work(Kind.CONTENT))
                .containsExactly(
                        new Work(
                                path("f"),
                                Optional.of(file("f", "three")),
                                Optional.of(applied(file("f", "one"))),
                                false));
        assertThat(work(Kind.REMOVAL))
                .containsExactly(
                        new Work(
                                path("g"),
                                Optional.empty(),
                                Optional.of(applied(file("g", "two"))),
                                false));
    }

    // ---- Order

    @Test
    void does_directories_and_content_downwards_removals_and_metadata_upwards() {
        foldAndApply(directory(""), directory("x"), directory("x/y"), file("x/y/f", "old"));
        fold(
                remove("x"),
                remove("x/y"),
                remove("x/y/f"),
                put(directory("a")),
                put(directory("a/b")),
                put(file("a.txt", "1")),
                put(file("a/b/f", "2")));

        assertThat(paths(Kind.DIRECTORY)).containsExactly("a", "a/b");
        assertThat(paths(Kind.CONTENT)).containsExactly("a/b/f", "a.txt");
        assertThat(paths(Kind.REMOVAL)).containsExactly("x/y/f", "x/y", "x");
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("a/b", "a", "");
    }

    @Test
    void hands_out_no_more_than_asked_for() {
        fold(directory(""), file("a", "1"), file("b", "2"), file("c", "3"));

        List<Work> first = get(state().work(Kind.CONTENT, NOW, 2));

        assertThat(first).extracting(Work::path).containsExactly(path("a"), path("b"));
    }

    // ---- How it ends

    @Test
    void ends_work_that_came_out_right() {
        fold(directory(""), file("a", "one"));

        settle(Kind.CONTENT, new Settled.Right(applied(file("a", "one"))));

        assertThat(paths(Kind.CONTENT)).isEmpty();
        assertThat(get(state().workLeft())).isEqualTo(1);
        assertThat(get(state().knownOf(List.of(path("a")))).getFirst().applied())
                .contains(applied(file("a", "one")));
    }

    @Test
    void leaves_the_metadata_of_a_directory_to_do_when_it_was_made() {
        fold(directory(""), directory("d"));

        settle(Kind.DIRECTORY, new Settled.Right(applied(directory("d"))));
        assertThat(paths(Kind.DIRECTORY)).containsExactly("");
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("d", "");

        settle(Kind.DIRECTORY_METADATA, new Settled.Right(applied(directory("d"))));
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("");
    }

    @Test
    void leaves_work_of_another_kind_when_a_directory_deviates_and_then_is_made() {
        fold(directory(""), directory("d"));
        settle(Kind.DIRECTORY, deviating("d", ErrorCode.FOREIGN_IN_THE_WAY));
        assertThat(paths(Kind.DIRECTORY)).containsExactly("");

        settle(Kind.DIRECTORY, new Settled.Right(applied(directory("d"))));

        assertThat(get(state().deviations(ALL)).counts()).isEmpty();
        assertThat(paths(Kind.DIRECTORY)).containsExactly("");
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("d", "");
    }

    @Test
    void forgets_what_was_applied_when_it_is_gone() {
        foldAndApply(directory(""), file("a", "one"));
        fold(remove("a"));

        settle(Kind.REMOVAL, new Settled.Gone(path("a")));

        assertThat(paths(Kind.REMOVAL)).isEmpty();
        assertThat(get(state().knownOf(List.of(path("a"))))).isEmpty();
    }

    @Test
    void compares_a_released_path_no_more() {
        foldAndApply(directory(""), file("a", "one"));
        fold(remove("a"));

        settle(Kind.REMOVAL, new Settled.Released(path("a")));

        assertThat(paths(Kind.REMOVAL)).isEmpty();
        assertThat(get(state().knownOf(List.of(path("a"))))).isEmpty();
    }

    @Test
    void ends_nothing_of_other_paths() {
        fold(directory(""), file("a", "one"), file("b", "two"));

        settle(Kind.CONTENT, new Settled.Right(applied(file("b", "two"))));

        assertThat(paths(Kind.CONTENT)).containsExactly("a");
    }

    // ---- Deviations

    @Test
    void puts_a_deviating_path_off_until_its_next_try() {
        fold(directory(""), file("a", "one"), file("b", "two"));

        settle(Kind.CONTENT, deviating("a", ErrorCode.BLOCK_MISSING));

        assertThat(paths(Kind.CONTENT)).containsExactly("b");
        assertThat(work(Kind.CONTENT, LATER))
                .extracting(Work::path)
                .containsExactly(path("b"), path("a"));
        assertThat(work(Kind.CONTENT, LATER.minusMillis(1))).hasSize(1);
    }

    @Test
    void shows_deviations_with_their_codes_and_does_not_count_them_as_work() {
        fold(directory(""), file("a", "one"), file("b", "two"), file("c", "three"));

        settle(
                Kind.CONTENT,
                deviating("a", ErrorCode.BLOCK_MISSING),
                deviating("b", ErrorCode.NO_SPACE),
                deviating("c", ErrorCode.NO_SPACE));

        Deviations deviations = get(state().deviations(2));
        assertThat(deviations.counts())
                .isEqualTo(Map.of(ErrorCode.BLOCK_MISSING, 1L, ErrorCode.NO_SPACE, 2L));
        assertThat(deviations.examples())
                .containsExactly(
                        deviating("a", ErrorCode.BLOCK_MISSING),
                        deviating("b", ErrorCode.NO_SPACE));
        assertThat(get(state().workLeft())).isEqualTo(1);
    }

    @Test
    void keeps_a_deviation_of_a_path_that_was_no_work() {
        foldAndApply(directory(""), file("a", "one"));

        settle(Kind.CONTENT, deviating("a", ErrorCode.NOT_PERMITTED));

        assertThat(get(state().deviations(ALL)).counts()).containsKey(ErrorCode.NOT_PERMITTED);
        assertThat(work(Kind.CONTENT, LATER)).extracting(Work::path).containsExactly(path("a"));
    }

    @Test
    void ends_a_deviation_when_its_path_comes_out_right() {
        fold(directory(""), file("a", "one"));
        settle(Kind.CONTENT, deviating("a", ErrorCode.NO_SPACE));

        settle(Kind.CONTENT, new Settled.Right(applied(file("a", "one"))));

        assertThat(get(state().deviations(ALL)).counts()).isEmpty();
        assertThat(work(Kind.CONTENT, LATER)).isEmpty();
    }

    @Test
    void ends_a_deviation_when_its_path_is_gone() {
        foldAndApply(directory(""), file("a", "one"));
        fold(remove("a"));
        settle(Kind.REMOVAL, deviating("a", ErrorCode.READ_ONLY));
        assertThat(work(Kind.REMOVAL, LATER)).hasSize(1);

        settle(Kind.REMOVAL, new Settled.Gone(path("a")));

        assertThat(get(state().deviations(ALL)).counts()).isEmpty();
        assertThat(work(Kind.REMOVAL, LATER)).isEmpty();
    }

    @Test
    void ends_a_deviation_when_something_new_is_desired() {
        fold(directory(""), file("a", "one"));
        settle(Kind.CONTENT, deviating("a", ErrorCode.BLOCK_MISSING));

        fold(file("a", "two"));

        assertThat(paths(Kind.CONTENT)).containsExactly("a");
        assertThat(get(state().deviations(ALL)).examples()).isEmpty();
    }

    @Test
    void keeps_a_deviation_over_a_crash() {
        fold(directory(""), file("a", "one"));
        settle(Kind.CONTENT, deviating("a", ErrorCode.BLOCK_MISSING));

        reopened(true);

        assertThat(get(state().deviations(ALL)).examples())
                .containsExactly(deviating("a", ErrorCode.BLOCK_MISSING));
        assertThat(paths(Kind.CONTENT)).isEmpty();
    }

    // ---- Demands

    @Test
    void makes_a_path_work_again_on_demand() {
        foldAndApply(directory(""), directory("d"), file("a", "one"));

        does(
                state().demand(
                                List.of(
                                        new Demand(path("a"), Kind.CONTENT, false),
                                        new Demand(path("d"), Kind.DIRECTORY_METADATA, false))));

        assertThat(paths(Kind.CONTENT)).containsExactly("a");
        assertThat(paths(Kind.DIRECTORY_METADATA)).containsExactly("d");
        assertThat(get(state().workLeft())).isEqualTo(2);
    }

    @Test
    void tries_a_deviating_path_at_once_on_demand() {
        fold(directory(""), file("a", "one"));
        settle(Kind.CONTENT, deviating("a", ErrorCode.NO_SPACE));

        does(state().demand(List.of(new Demand(path("a"), Kind.CONTENT, false))));

        assertThat(paths(Kind.CONTENT)).containsExactly("a");
    }

    @Test
    void removes_an_extra_on_demand_and_says_so() {
        foldAndApply(directory(""));
        Entry.FileEntry extra = file("extra", "theirs");
        does(state().observe(Map.of(extra.path(), Optional.of(applied(extra)))));

        does(state().demand(List.of(new Demand(extra.path(), Kind.REMOVAL, true))));

        assertThat(work(Kind.REMOVAL))
                .containsExactly(
                        new Work(
                                extra.path(), Optional.empty(), Optional.of(applied(extra)), true));
    }

    @Test
    void demands_nothing_that_does_not_fit_what_is_desired() {
        foldAndApply(directory(""), directory("d"), file("a", "one"));

        does(
                state().demand(
                                List.of(
                                        new Demand(path("a"), Kind.REMOVAL, true),
                                        new Demand(path("d"), Kind.REMOVAL, true),
                                        new Demand(path("d"), Kind.CONTENT, false),
                                        new Demand(path("nothing"), Kind.CONTENT, false))));

        assertThat(get(state().workLeft())).isZero();
    }

    @Test
    void desires_an_extra_instead_of_removing_it_when_the_source_has_it_now() {
        foldAndApply(directory(""));
        does(state().demand(List.of(new Demand(path("a"), Kind.REMOVAL, true))));

        fold(file("a", "one"));

        assertThat(paths(Kind.REMOVAL)).isEmpty();
        assertThat(work(Kind.CONTENT)).extracting(Work::isExtra).containsExactly(false);
    }

    @Test
    void does_not_change_work_by_looks() {
        fold(directory(""), file("a", "one"));

        does(state().observe(Map.of(path("a"), Optional.of(applied(file("a", "one"))))));

        assertThat(paths(Kind.CONTENT)).containsExactly("a");
    }

    private static Change put(Entry entry) {
        return new Change.Put(entry);
    }

    private static Settled.Deviating deviating(String path, ErrorCode code) {
        return new Settled.Deviating(path(path), code, "because of " + code, LATER);
    }
}
