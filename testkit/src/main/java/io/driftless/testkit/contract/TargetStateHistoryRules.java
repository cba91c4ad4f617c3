package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.change.Change;
import io.driftless.guard.LeftIncarnations;
import io.driftless.guard.LeftIncarnations.Left;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Extras;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Work;
import io.driftless.tree.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What {@link TargetStateContract} says of a folder that was made anew under another incarnation.
 */
abstract class TargetStateHistoryRules extends TargetStateFixture {
    private static final UUID ANEW = UUID.fromString("6b1f5a0e-0000-4000-8000-000000000002");

    /** The folder made anew desires this and nothing else. */
    private void foldAnew(Entry... entries) {
        List<Entry> wanted = List.of(entries);
        get(state().known(Optional.empty(), ALL)).stream()
                .filter(known -> known.desired().isPresent())
                .filter(known -> wanted.stream().noneMatch(one -> one.path().equals(known.path())))
                .forEach(known -> does(state().collect(List.of(new Change.Remove(known.path())))));
        does(state().collect(wanted.stream().<Change>map(Change.Put::new).toList()));
        assertThat(get(state().fold(ANEW, 1, rootOf(entries)))).isTrue();
    }

    @Test
    void takes_what_a_folder_made_anew_does_not_desire_for_never_put_there() {
        foldAndApply(directory(""), directory("d"), file("d/f", "one"), symlink("l", "t"));

        foldAnew(directory(""));

        assertThat(get(state().extras()).entries()).isEqualTo(3);
        assertThat(work(Kind.REMOVAL))
                .containsExactly(
                        new Work(path("l"), Optional.empty(), Optional.empty(), true),
                        new Work(path("d/f"), Optional.empty(), Optional.empty(), true),
                        new Work(
                                path("d"),
                                Optional.empty(),
                                Optional.of(applied(directory("d"))),
                                true));
        assertThat(get(state().holders(Set.of(content("one").id())))).isEmpty();
    }

    @Test
    void leaves_what_a_folder_made_anew_desires_too_as_it_is() {
        foldAndApply(directory(""), file("f", "one"), file("g", "two"));

        foldAnew(directory(""), file("f", "one"), file("g", "other"));

        assertThat(paths(Kind.REMOVAL)).isEmpty();
        assertThat(work(Kind.CONTENT))
                .containsExactly(
                        new Work(
                                path("g"),
                                Optional.of(file("g", "other")),
                                Optional.empty(),
                                false));
        assertThat(get(state().knownOf(List.of(path("f")))).getFirst().applied())
                .contains(applied(file("f", "one")));
    }

    @Test
    void takes_removals_that_were_left_to_do_for_none_of_a_folder_made_anew() {
        foldAndApply(directory(""), file("f", "one"), file("g", "two"));
        fold(remove("g"));
        assertThat(get(state().extras()).entries()).isZero();

        foldAnew(directory(""), file("f", "one"));

        assertThat(get(state().extras()).entries()).isEqualTo(1);
        assertThat(work(Kind.REMOVAL))
                .containsExactly(new Work(path("g"), Optional.empty(), Optional.empty(), true));
    }

    @Test
    void takes_what_a_folder_that_was_put_back_does_not_desire_for_never_put_there() {
        foldAndApply(directory(""), file("f", "one"), file("g", "two"), file("h", "three"));
        does(state().putBack());
        reopened(true);
        assertThat(get(state().extras()).entries()).isZero();

        fold(remove("f"), new Change.Put(file("g", "other")));

        assertThat(work(Kind.REMOVAL))
                .containsExactly(new Work(path("f"), Optional.empty(), Optional.empty(), true));
        assertThat(work(Kind.CONTENT))
                .containsExactly(
                        new Work(
                                path("g"),
                                Optional.of(file("g", "other")),
                                Optional.empty(),
                                false));

        fold(remove("h"));
        assertThat(get(state().extras()).entries()).isEqualTo(1);
    }

    @Test
    void keeps_an_extra_one_whatever_a_look_at_it_says() {
        foldAndApply(directory(""), directory("d"), file("d/f", "one"));
        foldAnew(directory(""));
        Extras extras = get(state().extras());

        does(state().demand(List.of(new Demand(path("d"), Kind.REMOVAL, false))));

        assertThat(get(state().extras())).isEqualTo(extras);
    }

    @Test
    void remembers_which_incarnations_were_left_and_when() {
        assertThat(get(state().left()).all()).isEmpty();
        List<Left> left =
                List.of(
                        new Left(ANEW, NOW.plusNanos(1)),
                        new Left(INCARNATION, Instant.parse("2036-01-01T00:00:00Z")));

        does(state().left(new LeftIncarnations(List.of(new Left(INCARNATION, NOW)))));
        does(state().left(new LeftIncarnations(left)));

        assertThat(get(reopened(true).left()).all()).isEqualTo(left);
    }

    @Test
    void removes_what_the_folder_made_anew_put_there_itself() {
        foldAndApply(directory(""), file("f", "one"));
        foldAnew(directory(""), file("f", "one"), file("h", "new"));

        does(state().collect(List.of(remove("f"))));
        assertThat(get(state().fold(ANEW, 2, rootOf(directory(""), file("h", "new"))))).isTrue();

        assertThat(get(state().extras()).entries()).isZero();
        assertThat(paths(Kind.REMOVAL)).containsExactly("f");
    }
}
