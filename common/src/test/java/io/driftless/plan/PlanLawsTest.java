package io.driftless.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import io.driftless.plan.Action.Blocked;
import io.driftless.plan.Action.ReadFirst;
import io.driftless.plan.Action.Release;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Seeds;
import io.driftless.testing.TinyTrees;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** What holds for all trees in both modes. */
class PlanLawsTest {
    @Test
    void mirror_makes_the_target_equal_and_then_has_nothing_to_do() {
        betweenRandomTrees(PlanLawsTest::checkMirror);
    }

    @Test
    void overlay_makes_everything_desired_right_and_leaves_what_is_not_ours() {
        betweenRandomTrees(PlanLawsTest::checkOverlay);
    }

    private static void betweenRandomTrees(Law law) {
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> there = RandomTrees.tree(random, 1 + random.nextInt(60));
            law.check(RandomTrees.edited(there, random, 40), there, some(there, random));
            law.check(RandomTrees.tree(random, 30), there, some(there, random));
        });
    }

    private interface Law {
        void check(
                SortedMap<EntryPath, Entry> desired,
                SortedMap<EntryPath, Entry> there,
                Set<EntryPath> managed);
    }

    @Test
    void both_hold_between_all_tiny_trees() {
        Random random = new Random(1);
        for (SortedMap<EntryPath, Entry> desired : TinyTrees.all()) {
            for (SortedMap<EntryPath, Entry> there : TinyTrees.all()) {
                checkMirror(desired, there, some(there, random));
                checkOverlay(desired, there, some(there, random));
            }
        }
    }

    private static void checkMirror(
            SortedMap<EntryPath, Entry> desired,
            SortedMap<EntryPath, Entry> there,
            Set<EntryPath> managed) {
        Target target = new Target(there);

        applyTwice(desired, target, Mode.MIRROR, managed);

        assertThat(target.entries()).isEqualTo(desired);
        assertThat(
                        Plan.between(desired, target.actual(desired.keySet()), Mode.MIRROR, managed)
                                .actions())
                .isEmpty();
        assertThat(target.removed()).allMatch(entry -> managed.contains(entry.path()));
    }

    private static void checkOverlay(
            SortedMap<EntryPath, Entry> desired,
            SortedMap<EntryPath, Entry> there,
            Set<EntryPath> managed) {
        Target target = new Target(there);

        applyTwice(desired, target, Mode.OVERLAY, managed);

        Plan again =
                Plan.between(
                        desired, target.actual(desired.keySet()), Mode.OVERLAY, desired.keySet());
        assertThat(again.actions()).allMatch(Blocked.class::isInstance);
        Set<EntryPath> blocked = new HashSet<>();
        again.actions().forEach(action -> blocked.add(action.path()));
        assertThat(blocked)
                .allMatch(path -> target.entries().get(path) instanceof DirectoryEntry)
                .noneMatch(path -> desired.get(path) instanceof DirectoryEntry);
        desired.forEach((path, entry) -> {
            if (!blocked.contains(path)) {
                assertThat(target.entries().get(path))
                        .usingComparator(PlanLawsTest::compareButDirectoryTimes)
                        .isEqualTo(entry);
            }
        });
        there.forEach((path, entry) -> checkLeft(path, entry, target, desired, managed));
    }

    /** What was there is there still, or was ours and is replaced, or is in the trash. */
    private static void checkLeft(
            EntryPath path,
            Entry entry,
            Target target,
            SortedMap<EntryPath, Entry> desired,
            Set<EntryPath> managed) {
        Entry now = target.entries().get(path);
        boolean isStill =
                now != null
                        && (desired.containsKey(path)
                                ? entry instanceof DirectoryEntry && now instanceof DirectoryEntry
                                : compareButDirectoryTimes(entry, now) == 0);
        boolean isReplaced =
                desired.containsKey(path) && (managed.contains(path) || sameBytes(entry, now));
        assertThat(isStill || isReplaced || target.trash().contains(entry))
                .as("%s", entry)
                .isTrue();
        assertThat(target.removed()).allMatch(gone -> managed.contains(gone.path()));
    }

    private static boolean sameBytes(Entry left, Entry right) {
        return left.withMetadata(right.metadata()).equals(right);
    }

    private static int compareButDirectoryTimes(Entry left, Entry right) {
        boolean isSame =
                left.equals(right)
                        || (left instanceof DirectoryEntry
                                && right instanceof DirectoryEntry
                                && left.metadata().mode() == right.metadata().mode()
                                && left.metadata().uid() == right.metadata().uid()
                                && left.metadata().gid() == right.metadata().gid());
        return isSame ? 0 : 1;
    }

    /** The first time, some files have to be read. */
    private static void applyTwice(
            SortedMap<EntryPath, Entry> desired, Target target, Mode mode, Set<EntryPath> managed) {
        Plan first = Plan.between(desired, target.actual(managed), mode, managed);
        target.apply(first);
        Set<EntryPath> known = new HashSet<>(desired.keySet());
        Set<EntryPath> ours = new HashSet<>(managed);
        for (Action action : first.actions()) {
            switch (action) {
                case ReadFirst _, Blocked _ -> {}
                case Release _ -> ours.remove(action.path());
                default -> ours.add(action.path());
            }
        }
        Plan second = Plan.between(desired, target.actual(known), mode, ours);
        boolean hasRead = first.actions().stream().anyMatch(ReadFirst.class::isInstance);
        assertThat(hasRead || second.actions().stream().allMatch(Blocked.class::isInstance))
                .isTrue();
        target.apply(second);
    }

    private static Set<EntryPath> some(SortedMap<EntryPath, Entry> tree, Random random) {
        int share = random.nextInt(3);
        Set<EntryPath> some = new HashSet<>(tree.keySet());
        some.removeIf(_ -> share == 0 || (share == 1 && random.nextBoolean()));
        return some;
    }

    @Test
    void a_plan_is_in_the_order_in_which_it_can_be_done() {
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> there = RandomTrees.tree(random, 60);
            SortedMap<EntryPath, Entry> desired = RandomTrees.edited(there, random, 40);

            List<Action> actions =
                    Plan.between(
                                    desired,
                                    new Target(there).actual(there.keySet()),
                                    Mode.MIRROR,
                                    Set.of())
                            .actions();

            assertThat(actions).extracting(Action::phase).isSorted();
        });
    }
}
