package io.driftless.testkit.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.guard.ApprovalId;
import io.driftless.guard.RemovalLimit;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.port.ParkedRemovals.ParkedSet;
import io.driftless.transfer.TransferSettings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P4: too much is not removed before somebody said so. */
@Tag("P4")
class RemovalsTest extends FlowFixture {
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private List<ParkedSet> sets() {
        return index.sets(FOLDER.id()).block();
    }

    private boolean decide(ApprovalId set, Decision decision) {
        boolean isDecided = index.decide(FOLDER.id(), set, decision).block();
        index.announce(FOLDER.id()).block();
        pass(Duration.ofSeconds(20));
        return isDecided;
    }

    private void approvedTheTargetsFollow() {
        assertThat(decide(sets().getFirst().id(), Decision.APPROVED)).isTrue();
        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
    }

    private long newest() {
        return index.newest(FOLDER.id()).block().orElseThrow().seq();
    }

    private Set<EntryPath> withoutRoot(Set<EntryPath> paths) {
        Set<EntryPath> some = new HashSet<>(paths);
        some.remove(EntryPath.ROOT);
        return some;
    }

    @Test
    void a_folder_that_was_emptied_stays_at_the_targets_until_it_is_approved() {
        directory("a", 60);
        directory("b", 60);
        scan();
        Set<EntryPath> all = committed();

        source.delete(EntryPath.ROOT);
        write("new", "goes on");
        scan();

        assertThat(committed()).containsAll(all).contains(path("new"));
        assertThat(sets()).hasSize(1);
        assertThat(sets().getFirst().decision()).isEqualTo(Decision.WAITING);

        assertThat(decide(sets().getFirst().id(), Decision.APPROVED)).isTrue();
        assertThat(committed()).containsExactly(path("new"));
        assertThat(sets()).isEmpty();
    }

    @Test
    void more_than_fit_in_one_commit_are_asked_for_too() {
        directory("a", 60);
        directory("b", 60);
        directory("kept", 10);
        scan();
        Set<EntryPath> all = committed();
        startCommitter("another", commitsOf(10));

        source.delete(path("a"));
        source.delete(path("b"));
        scan();

        assertThat(committed()).isEqualTo(all);
        assertThat(sets().stream().mapToLong(ParkedSet::removals).sum()).isEqualTo(122);
        for (ParkedSet set : sets()) {
            assertThat(decide(set.id(), Decision.APPROVED)).isTrue();
        }
        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
    }

    private static TransferSettings commitsOf(int rows) {
        return TransferSettings.defaults().withMaxCommitRows(rows);
    }

    /** The limit is known to be passed before the first of it goes. */
    @Test
    void a_directory_too_large_for_one_commit_is_asked_for_as_a_whole() {
        directory("a", 60);
        directory("kept", 10);
        scan();
        Set<EntryPath> all = committed();
        startCommitter("another", commitsOf(10));

        source.delete(path("a"));
        scan();

        assertThat(committed()).isEqualTo(all);
        assertThat(sets()).hasSize(1);
        assertThat(sets().getFirst().entries()).isEqualTo(61);
        approvedTheTargetsFollow();
        assertThat(sets()).isEmpty();
    }

    @Test
    void a_directory_too_large_for_one_commit_goes_with_several() {
        directory("a", 60);
        directory("kept", 250);
        scan();
        startCommitter("another", commitsOf(10));
        long before = newest();

        source.delete(path("a"));
        look("a");
        pass(Duration.ofSeconds(60));

        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
        assertThat(newest()).isGreaterThanOrEqualTo(before + 7);
    }

    @Test
    void a_directory_too_large_for_one_commit_may_move() {
        directory("a", 100);
        directory("kept", 10);
        scan();
        startCommitter("another", commitsOf(20));

        source.rename(path("a"), path("b"));
        scan();

        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
    }

    @Test
    void what_was_rejected_far_below_keeps_a_directory_too_large_for_one_commit() {
        source.mkdir(path("a"));
        directory("a/x", 60);
        directory("a/y", 60);
        scan();
        source.delete(path("a/x"));
        scan();
        decide(sets().getFirst().id(), Decision.REJECTED);
        Set<EntryPath> all = committed();
        startCommitter("another", commitsOf(10).withRemovals(RemovalLimit.NEVER));

        source.delete(path("a"));
        write("kept", "something else");
        scan();

        assertThat(committed()).containsAll(all).contains(path("kept"));
        assertThat(sets()).hasSize(1);
    }

    @Test
    void a_set_is_another_one_once_a_directory_above_it_goes_too() {
        source.mkdir(path("d"));
        directory("d/a", 60);
        directory("kept", 10);
        scan();
        source.delete(path("d/a"));
        scan();
        ParkedSet seen = sets().getFirst();
        directory("d/b", 100);
        scan();
        Set<EntryPath> all = committed();

        source.delete(path("d"));
        scan();

        assertThat(sets()).hasSize(1);
        assertThat(sets().getFirst().entries()).isEqualTo(61 + 102);
        assertThat(decide(seen.id(), Decision.APPROVED)).isFalse();
        assertThat(committed()).isEqualTo(all);
        approvedTheTargetsFollow();
    }

    /** Its rows come with many choices, and each of them alone is below the limit. */
    @Test
    void what_is_below_a_directory_that_is_held_waits_with_it() {
        directory("a", 200);
        directory("kept", 100);
        scan();
        Set<EntryPath> all = committed();
        startCommitter("another", commitsOf(20));

        source.delete(path("a"));
        scan();

        assertThat(committed()).isEqualTo(all);
        assertThat(sets()).hasSize(1);
        assertThat(sets().getFirst().entries()).isEqualTo(201);
    }

    /** What was put a moment ago does not make up for its own removal. */
    @Test
    void what_appeared_lately_is_lost_like_anything_else() {
        write("first", "so that there is a commit");
        scan();
        directory("a", 100);
        scan();
        Set<EntryPath> all = committed();

        source.delete(path("a"));
        scan();

        assertThat(committed()).isEqualTo(all);
        assertThat(sets()).hasSize(1);
    }

    @Test
    void what_comes_back_leaves_the_set_and_the_rest_is_let_go_once() {
        directory("a", 60);
        scan();
        Set<EntryPath> all = committed();
        source.delete(path("a"));
        scan();
        ApprovalId set = sets().getFirst().id();

        directory("a", 10);
        scan();
        assertThat(committed()).isEqualTo(all);
        assertThat(sets().getFirst().id()).isEqualTo(set);
        decide(set, Decision.APPROVED);

        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
        assertThat(decide(set, Decision.APPROVED)).isFalse();
    }

    @Test
    void what_came_back_unseen_is_not_let_go() {
        directory("a", 60);
        scan();
        source.delete(path("a"));
        scan();
        directory("a", 60);

        decide(sets().getFirst().id(), Decision.APPROVED);

        scan();
        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
    }

    @Test
    void what_is_rejected_is_not_asked_for_again_while_it_is_gone() {
        directory("a", 60);
        scan();
        Set<EntryPath> all = committed();
        source.delete(path("a"));
        scan();
        decide(sets().getFirst().id(), Decision.REJECTED);

        scan();
        pass(WINDOW.multipliedBy(2));
        scan();

        assertThat(committed()).isEqualTo(all);
        assertThat(sets()).hasSize(1);
        assertThat(sets().getFirst().decision()).isEqualTo(Decision.REJECTED);

        directory("a", 60);
        scan();
        assertThat(sets()).isEmpty();
    }

    /** H6, with another committer in the middle: the window is kept in the index. */
    @Test
    void a_slow_deletion_is_stopped_at_the_limit() {
        directory("a", 400);
        scan();
        for (int i = 0; i < 400; i++) {
            source.delete(path("a/f" + i));
            if (i % 20 == 19) {
                scan();
                startCommitter("holder " + i);
            }
        }
        scan();

        assertThat(committed()).hasSizeBetween(400 - 100, 401);
        assertThat(sets()).isNotEmpty();
        assertThat(sets().stream().mapToLong(ParkedSet::removals).sum())
                .isEqualTo(committed().size() - 1);
    }

    @Test
    void a_deletion_under_way_becomes_few_sets() {
        directory("a", 400);
        scan();
        for (int i = 0; i < 400; i += 8) {
            for (int j = i; j < i + 8; j++) {
                source.delete(path("a/f" + j));
            }
            scan();
        }

        assertThat(sets()).hasSizeBetween(1, 18);
    }

    @Test
    void few_removals_go_through_and_after_a_while_so_do_as_many_again() {
        directory("a", 400);
        scan();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 49; i++) {
                source.delete(path("a/f" + (round * 49 + i)));
            }
            scan();
            pass(WINDOW);
        }

        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
    }

    @Test
    void a_directory_that_moves_is_not_lost() {
        directory("m", 300);
        scan();
        source.rename(path("m"), path("a"));
        scan();
        source.rename(path("a"), path("z"));
        scan();

        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
    }

    /** The old place is seen, and its row ready to be committed, long before the new one is. */
    @Test
    void a_large_move_whose_halves_are_seen_apart_is_not_lost() {
        directory("m", 300);
        scan();
        source.rename(path("m"), path("z"));
        look("m");
        pass(Duration.ofSeconds(1));
        assertThat(sets()).isEmpty();
        scan();

        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
    }

    /** Otherwise a chmod of everything would make up for a removal of everything. */
    @Test
    void a_change_in_place_makes_up_for_nothing() {
        directory("a", 100);
        scan();
        for (int i = 0; i < 100; i++) {
            source.chmod(path("a/f" + i), 0600);
        }
        scan();
        Set<EntryPath> all = committed();
        source.delete(path("a"));
        scan();

        assertThat(committed()).isEqualTo(all);
    }

    @Test
    void a_directory_replaced_by_a_file_counts_what_was_below_it() {
        directory("a", 100);
        scan();
        Set<EntryPath> all = committed();
        source.delete(path("a"));
        write("a", "a file");
        scan();

        assertThat(committed()).isEqualTo(all);
        decide(sets().getFirst().id(), Decision.APPROVED);
        assertThat(committed()).containsExactly(path("a"));
        assertThat(sets()).isEmpty();
    }

    /**
     * Nothing of it can be carried over, so what was there is as gone as it was when it was parked.
     */
    @Test
    void what_special_files_took_the_place_of_goes_once_it_is_approved() {
        directory("a", 60);
        directory("kept", 10);
        scan();
        Set<EntryPath> all = committed();
        for (int i = 0; i < 60; i++) {
            source.delete(path("a/f" + i));
            source.makeOther(path("a/f" + i));
        }
        scan();

        assertThat(committed()).isEqualTo(all);
        approvedTheTargetsFollow();
        assertThat(sets()).isEmpty();
    }

    @Test
    void what_a_special_file_took_the_place_of_unseen_goes_once_it_is_approved() {
        directory("a", 60);
        directory("kept", 10);
        scan();
        source.delete(path("a"));
        scan();
        source.makeOther(path("a"));

        approvedTheTargetsFollow();
        assertThat(sets()).isEmpty();
    }

    @Test
    void a_directory_too_large_for_one_commit_that_became_a_special_file_goes_with_several() {
        directory("a", 60);
        directory("kept", 250);
        scan();
        startCommitter("another", commitsOf(10));

        source.delete(path("a"));
        source.makeOther(path("a"));
        look("a");
        pass(Duration.ofSeconds(60));

        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
    }

    @Test
    void what_waits_does_not_go_along_with_its_directory_later() {
        directory("d", 0);
        directory("d/a", 60);
        directory("b", 100);
        scan();
        source.delete(path("d/a"));
        scan();
        Set<EntryPath> kept = committed();
        assertThat(sets()).hasSize(1);

        pass(WINDOW.multipliedBy(2));
        directory("c", 1_000);
        scan();
        source.delete(path("d"));
        scan();

        assertThat(committed()).containsAll(kept);
        decide(sets().getFirst().id(), Decision.APPROVED);
        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
    }

    /** It takes nothing out any more, though it is one of those that were approved. */
    @Test
    void a_directory_that_came_back_is_put_when_what_was_below_it_is_approved() {
        directory("a", 60);
        scan();
        source.delete(path("a"));
        scan();
        index.decide(FOLDER.id(), sets().getFirst().id(), Decision.APPROVED).block();
        source.mkdir(path("a"));
        look("a");
        pass(Duration.ofSeconds(60));

        assertThat(index.committed(FOLDER.id(), List.of(path("a"))).block())
                .containsExactly(source.snapshot().get(path("a")));
        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
    }

    /** Whether it is still gone cannot be told at that moment. */
    @Test
    void what_is_approved_while_the_source_is_away_is_removed_when_it_is_back() {
        directory("a", 60);
        directory("b", 60);
        scan();
        source.delete(path("a"));
        scan();
        ApprovalId set = sets().getFirst().id();
        source.hideRoot();
        Set<EntryPath> all = committed();
        decide(set, Decision.APPROVED);
        assertThat(committed()).isEqualTo(all);

        source.showRoot();
        pass(Duration.ofSeconds(60));

        assertThat(committed()).isEqualTo(withoutRoot(atSource()));
        assertThat(sets()).isEmpty();
    }
}
