package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.guard.ApprovalId;
import io.driftless.guard.Removal;
import io.driftless.guard.RemovalGuard.Window;
import io.driftless.guard.Standing;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.ParkedRemovals.Loss;
import io.driftless.port.ParkedRemovals.ParkedSet;
import io.driftless.port.ParkedRemovals.Parking;
import io.driftless.tree.Entry;
import io.driftless.tree.Version;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rules of {@link ParkedRemovals}. */
public abstract class ParkedRemovalsContract extends IndexRules {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final ApprovalId ONE = new ApprovalId("000000000001");
    private static final ApprovalId OTHER = new ApprovalId("000000000002");

    private final ParkedRemovals parked() {
        return fixture().parked();
    }

    /** Committed entries whose rows say by now that they are gone. */
    private List<Removal> goneRows(String... paths) {
        Entry[] entries = Arrays.stream(paths).map(path -> file(path, "x")).toArray(Entry[]::new);
        for (Entry entry : entries) {
            writesNew(entry);
        }
        commitsRows(nextSeq(), paths);
        return Arrays.stream(paths).map(this::gone).toList();
    }

    private Removal gone(String path) {
        Version now = row(path).orElseThrow().version();
        return new Removal(path(path), writes(removal(path, now)));
    }

    private long nextSeq() {
        return 1 + get(commits().newest(folder)).map(commit -> commit.seq()).orElse(0L);
    }

    private void park(ApprovalId set, List<Removal> removals) {
        get(parked().park(folder, new Parking(Optional.empty(), set, removals.size(), removals)));
    }

    /** Whether they join the set, and it gets the other name. */
    private boolean joins(List<Removal> removals, boolean isAbove) {
        return get(
                parked().park(folder, new Parking(Optional.of(ONE), OTHER, 7, removals, isAbove)));
    }

    private List<ParkedSet> sets() {
        return get(parked().sets(folder));
    }

    private List<EntryPath> committed(String... paths) {
        return get(commits().committed(folder, paths(paths))).stream().map(Entry::path).toList();
    }

    @Test
    void withholds_rows_that_are_still_as_given() {
        List<Removal> gone = goneRows("a", "b", "c");
        Removal outdated = gone.get(2);
        writes(put(file("c", "new"), Optional.of(outdated.version())));

        park(ONE, gone);

        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("c"));
        assertThat(row("a").map(Row::state)).contains(new State.Removed());
        assertThat(get(parked().standings(folder, paths("a", "b", "c", "d"))))
                .containsExactly(
                        new Standing(path("a"), ONE, Decision.WAITING),
                        new Standing(path("b"), ONE, Decision.WAITING));
        assertThat(sets()).hasSize(1);
        ParkedSet set = sets().getFirst();
        assertThat(set.id()).isEqualTo(ONE);
        assertThat(set.removals()).isEqualTo(2);
        assertThat(set.entries()).isEqualTo(3);
        assertThat(set.examples()).isEqualTo(paths("a", "b"));
    }

    @Test
    void finds_what_is_to_stay_below_a_directory() {
        writesNew(directory("d"));
        writesNew(directory("d/e"));
        commitsRows(nextSeq(), "d", "d/e");
        List<Removal> gone = goneRows("d.", "d/a", "d/e/b", "d0");
        park(ONE, gone.subList(1, 2));
        park(OTHER, List.of(gone.get(0), gone.get(2), gone.get(3)));

        assertThat(keptBelow("d")).contains(new Standing(path("d/a"), ONE, Decision.WAITING));
        get(parked().decide(folder, ONE, Decision.APPROVED));
        get(parked().decide(folder, OTHER, Decision.REJECTED));
        assertThat(keptBelow("d")).contains(new Standing(path("d/e/b"), OTHER, Decision.REJECTED));
        get(parked().decide(folder, OTHER, Decision.APPROVED));
        assertThat(keptBelow("d")).isEmpty();
        assertThat(keptBelow("d/e/b")).isEmpty();
    }

    private Optional<Standing> keptBelow(String directory) {
        return get(parked().keptBelow(folder, path(directory)));
    }

    @Test
    void makes_no_set_of_nothing() {
        List<Removal> gone = goneRows("a");
        writes(put(file("a", "new"), Optional.of(gone.getFirst().version())));

        park(ONE, gone);

        assertThat(sets()).isEmpty();
        assertThat(get(parked().window(folder, LONG))).isEqualTo(new Window(0, 0, false));
    }

    @Test
    void names_a_set_anew_that_grows() {
        List<Removal> gone = goneRows("a", "b");
        park(ONE, gone.subList(0, 1));

        assertThat(get(parked().open(folder, LONG, 1)))
                .hasValueSatisfying(open -> {
                    assertThat(open.id()).isEqualTo(ONE);
                    assertThat(open.members()).isEqualTo(gone.subList(0, 1));
                });
        get(parked().park(folder, new Parking(Optional.of(ONE), OTHER, 5, gone.subList(1, 2))));

        assertThat(sets()).hasSize(1);
        assertThat(sets().getFirst().id()).isEqualTo(OTHER);
        assertThat(sets().getFirst().removals()).isEqualTo(2);
        assertThat(sets().getFirst().entries()).isEqualTo(6);
        assertThat(get(parked().open(folder, LONG, 1))).isEmpty();
        assertThat(get(parked().decide(folder, ONE, Decision.APPROVED))).isFalse();
    }

    @Test
    void joins_no_decided_set_under_another_name() {
        List<Removal> gone = goneRows("a", "b", "c");
        park(ONE, gone.subList(0, 1));
        get(parked().decide(folder, ONE, Decision.REJECTED));

        get(parked().park(folder, new Parking(Optional.of(ONE), OTHER, 1, gone.subList(1, 2))));
        get(parked().park(folder, new Parking(Optional.of(ONE), ONE, 0, gone.subList(2, 3))));

        assertThat(get(parked().standings(folder, paths("a", "b", "c"))))
                .containsExactly(
                        new Standing(path("a"), ONE, Decision.REJECTED),
                        new Standing(path("b"), OTHER, Decision.WAITING),
                        new Standing(path("c"), ONE, Decision.REJECTED));
        assertThat(get(parked().open(folder, LONG, ALL)).orElseThrow().id()).isEqualTo(OTHER);
    }

    @Test
    void a_rejected_set_takes_in_what_is_above_it_under_another_name() {
        List<Removal> gone = goneRows("a", "b");
        park(ONE, gone.subList(0, 1));
        get(parked().decide(folder, ONE, Decision.REJECTED));

        assertThat(joins(gone.subList(1, 2), true)).isTrue();

        assertThat(get(parked().standings(folder, paths("a", "b"))))
                .containsExactly(
                        new Standing(path("a"), OTHER, Decision.REJECTED),
                        new Standing(path("b"), OTHER, Decision.REJECTED));
        assertThat(sets().getFirst().entries()).isEqualTo(8);
        assertThat(get(parked().decide(folder, ONE, Decision.APPROVED))).isFalse();
    }

    @Test
    void a_set_is_as_it_was_where_nothing_could_be_withheld() {
        List<Removal> gone = goneRows("a", "b");
        park(ONE, gone.subList(0, 1));
        writes(put(file("b", "new"), Optional.of(gone.get(1).version())));

        assertThat(joins(gone.subList(1, 2), false)).isFalse();

        assertThat(sets().getFirst().id()).isEqualTo(ONE);
        assertThat(sets().getFirst().entries()).isEqualTo(1);
    }

    /** Nobody decides on it again, so whatever was not dirty any more would stay so. */
    @Test
    void takes_nothing_into_a_set_that_was_approved() {
        List<Removal> gone = goneRows("a", "b");
        park(ONE, gone.subList(0, 1));
        get(parked().decide(folder, ONE, Decision.APPROVED));

        get(parked().park(folder, new Parking(Optional.of(ONE), ONE, 0, gone)));

        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("a", "b"));
        assertThat(get(parked().standings(folder, paths("a", "b"))))
                .containsExactly(new Standing(path("a"), ONE, Decision.APPROVED));
    }

    @Test
    void lets_go_what_is_approved_and_still_gone_once() {
        List<Removal> gone = goneRows("a", "b");
        park(ONE, gone);
        writes(put(file("b", "new"), Optional.of(gone.get(1).version())));

        assertThat(get(parked().decide(folder, ONE, Decision.APPROVED))).isTrue();

        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("a", "b"));
        assertThat(get(parked().standings(folder, paths("a"))))
                .containsExactly(new Standing(path("a"), ONE, Decision.APPROVED));

        commitsRows(nextSeq(), "a", "b");

        assertThat(committed("a", "b")).isEqualTo(paths("b"));
        assertThat(row("a")).isEmpty();
        assertThat(sets()).isEmpty();
        assertThat(get(parked().decide(folder, ONE, Decision.APPROVED))).isFalse();
    }

    @Test
    void keeps_what_is_rejected_until_it_comes_back() {
        List<Removal> gone = goneRows("a", "b");
        park(ONE, gone);

        assertThat(get(parked().decide(folder, ONE, Decision.REJECTED))).isTrue();

        assertThat(dirtyRows()).isEmpty();
        assertThat(sets().getFirst().decision()).isEqualTo(Decision.REJECTED);

        writes(put(file("a", "x"), Optional.of(gone.getFirst().version())));
        commitsRows(nextSeq(), "a");

        assertThat(sets().getFirst().examples()).isEqualTo(paths("b"));
        assertThat(committed("a", "b")).isEqualTo(paths("a", "b"));
    }

    @Test
    void changes_a_decision() {
        List<Removal> gone = goneRows("a");
        park(ONE, gone);
        get(parked().decide(folder, ONE, Decision.REJECTED));
        get(parked().decide(folder, ONE, Decision.APPROVED));

        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("a"));
        get(parked().decide(folder, ONE, Decision.REJECTED));
        park(ONE, gone);
        assertThat(dirtyRows()).isEmpty();
    }

    @Test
    void forgets_what_went_with_its_directory() {
        List<Removal> gone = goneRows("a");
        park(ONE, gone);

        commits(draft(nextSeq(), List.of(), paths("a"), List.of()));

        assertThat(row("a")).isEmpty();
        assertThat(sets()).isEmpty();
    }

    @Test
    void adds_up_what_was_removed_and_what_waits() {
        does(parked().count(folder, new Loss(4, 100, 10)));
        does(parked().count(folder, new Loss(5, 90, 7)));
        does(parked().count(folder, new Loss(5, 95, 8)));
        park(ONE, goneRows("a", "b"));

        assertThat(get(parked().window(folder, LONG))).isEqualTo(new Window(20, 100, true));

        get(parked().decide(folder, ONE, Decision.REJECTED));
        assertThat(get(parked().window(folder, LONG))).isEqualTo(new Window(18, 100, true));

        fixture().pass(Duration.ofMillis(50));
        assertThat(get(parked().window(folder, Duration.ofMillis(20))))
                .isEqualTo(new Window(0, 0, true));
    }
}
