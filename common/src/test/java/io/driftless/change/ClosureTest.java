package io.driftless.change;

import static io.driftless.testing.Trees.dir;
import static io.driftless.testing.Trees.file;
import static io.driftless.testing.Trees.symlink;
import static io.driftless.testing.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.change.Change.Put;
import io.driftless.change.Change.Remove;
import io.driftless.change.Closure.Closed;
import io.driftless.change.Closure.Needs;
import io.driftless.path.EntryPath;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Seeds;
import io.driftless.testing.TinyTrees;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClosureTest {
    @Test
    void all_changes_between_two_trees_are_closed_already() {
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> base = RandomTrees.tree(random, 1 + random.nextInt(80));
            SortedMap<EntryPath, Entry> next = RandomTrees.edited(base, random, 30);

            Closed closed = close(Trees.between(base, next), base, next);

            assertThat(closed)
                    .isEqualTo(
                            new Closed(
                                    Trees.between(base, next),
                                    Set.of(),
                                    Set.of(),
                                    Set.of(),
                                    Map.of()));
        });
    }

    @Test
    void any_choice_of_changes_becomes_a_valid_tree() {
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> base = RandomTrees.tree(random, 1 + random.nextInt(60));
            SortedMap<EntryPath, Entry> next = RandomTrees.edited(base, random, 40);
            List<Change> all = Trees.between(base, next);
            List<Change> chosen = all.stream().filter(_ -> random.nextBoolean()).toList();

            Closed closed = close(chosen, base, next);

            checkTree(closed, base);
            assertThat(closed.postponed()).isEmpty();
            assertThat(all).containsAll(closed.changes());
            assertThat(closed.changes()).containsAll(chosen);
        });
    }

    @Test
    void observations_that_contradict_each_other_become_a_valid_tree_too() {
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> base = RandomTrees.tree(random, 1 + random.nextInt(40));
            SortedMap<EntryPath, Entry> now = RandomTrees.edited(base, random, 25);
            SortedMap<EntryPath, Entry> later = RandomTrees.edited(now, random, 25);

            checkMixed(mixed(base, now, later, random), base, index(now, later, random));
        });
    }

    @Test
    void every_mix_of_tiny_trees_becomes_a_valid_tree() {
        List<SortedMap<EntryPath, Entry>> all = TinyTrees.all();
        Random random = new Random(1);
        for (SortedMap<EntryPath, Entry> base : all) {
            for (SortedMap<EntryPath, Entry> now : all) {
                SortedMap<EntryPath, Entry> later = all.get(random.nextInt(all.size()));
                checkMixed(mixed(base, now, later, random), base, index(now, later, random));
            }
        }
    }

    /**
     * Until it is done, each change takes something, and what is left of the chosen ones is less.
     */
    @Test
    void what_is_too_much_for_one_change_is_done_by_several() {
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> base = RandomTrees.tree(random, 1 + random.nextInt(80));
            SortedMap<EntryPath, Entry> next = RandomTrees.edited(base, random, 40);
            int room = 1 + random.nextInt(6);
            SortedMap<EntryPath, Entry> now = base;
            List<Change> left = Trees.between(base, next);
            while (!left.isEmpty()) {
                List<Change> chosen = left.stream().filter(_ -> random.nextInt(3) > 0).toList();
                Closed closed = close(chosen, now, next, room);

                checkTree(closed, now);
                assertThat(Trees.between(base, next)).containsAll(closed.changes());
                assertThat(closed.postponed()).isSubsetOf(left.stream().map(Change::path).toList());
                assertThat(closed.lookAgain()).isEmpty();
                assertThat(now.keySet()).containsAll(closed.later().keySet());
                assertThat(closed.changes().isEmpty()).isEqualTo(chosen.isEmpty());
                now = Trees.apply(now, closed.changes());
                left = Trees.between(now, next);
            }
        });
    }

    @Test
    void a_directory_stays_until_what_is_below_it_went_from_the_last_one_back() {
        SortedMap<EntryPath, Entry> base =
                tree(dir("d", file("a", ""), dir("b", file("c", "")), file("e", "")));
        SortedMap<EntryPath, Entry> next = tree(file("d", ""));
        List<Change> chosen = List.of(put(next, "d"), new Remove(path("d/a")));

        Closed closed = close(chosen, base, next, 2);

        assertThat(closed.changes())
                .containsExactly(
                        new Remove(path("d/a")),
                        new Remove(path("d/b/c")),
                        new Remove(path("d/e")));
        assertThat(closed.postponed()).containsExactly(path("d"));
        assertThat(closed.later()).isEqualTo(Map.of(path("d"), 3L));
    }

    @Test
    void a_put_brings_its_parents_along_up_to_the_root() {
        SortedMap<EntryPath, Entry> next =
                tree(dir("a", dir("b", file("c", "one"), file("d", "two"))));

        Closed closed = close(List.of(put(next, "a/b/c")), new TreeMap<>(), next);

        assertThat(closed.changes())
                .extracting(Change::path)
                .containsExactly(EntryPath.ROOT, path("a"), path("a/b"), path("a/b/c"));
        assertThat(closed.broughtAlong())
                .containsExactlyInAnyOrder(EntryPath.ROOT, path("a"), path("a/b"));
    }

    @Test
    void a_directory_that_becomes_something_else_takes_everything_below_it_along() {
        SortedMap<EntryPath, Entry> base =
                tree(dir("d", file("x", ""), dir("e", file("y", ""))), file("d.", ""));
        SortedMap<EntryPath, Entry> next = tree(symlink("d", "x"), file("d.", ""));

        Closed closed = close(List.of(put(next, "d")), base, next);

        assertThat(closed.changes())
                .containsExactly(
                        put(next, "d"),
                        new Remove(path("d/e")),
                        new Remove(path("d/e/y")),
                        new Remove(path("d/x")));
    }

    @Test
    void a_put_far_below_a_removed_directory_waits_and_both_are_looked_at_again() {
        SortedMap<EntryPath, Entry> base = tree(dir("a", dir("b", file("c", "old"))));
        SortedMap<EntryPath, Entry> next = tree(dir("a", dir("b", file("c", "new"))));

        Closed closed = close(List.of(new Remove(path("a")), put(next, "a/b/c")), base, next);

        assertThat(closed.changes())
                .containsExactly(
                        new Remove(path("a")), new Remove(path("a/b")), new Remove(path("a/b/c")));
        assertThat(closed.postponed()).containsExactly(path("a/b/c"));
        assertThat(closed.lookAgain()).containsExactlyInAnyOrder(path("a"), path("a/b/c"));
    }

    @Test
    void a_put_whose_parent_nobody_saw_waits() {
        SortedMap<EntryPath, Entry> next = tree(dir("a", file("b", "")));

        Closed closed = close(List.of(put(next, "a/b")), tree(), tree());

        assertThat(closed.changes()).isEmpty();
        assertThat(closed.lookAgain()).containsExactlyInAnyOrder(path("a"), path("a/b"));
    }

    @Test
    void a_directory_that_waits_makes_everything_in_it_wait() {
        SortedMap<EntryPath, Entry> next = tree(dir("a", dir("b", dir("c", file("d", "")))));
        SortedMap<EntryPath, Entry> index = new TreeMap<>(next);
        index.remove(path("a"));

        Closed chosen = close(List.of(put(next, "a/b"), put(next, "a/b/c/d")), tree(), index);
        Closed brought = close(List.of(put(next, "a/b/c/d")), tree(), index);

        assertThat(chosen.changes()).isEmpty();
        assertThat(chosen.postponed()).containsExactlyInAnyOrder(path("a/b"), path("a/b/c/d"));
        assertThat(brought.changes()).isEmpty();
        assertThat(brought.broughtAlong()).isEmpty();
        assertThat(brought.postponed()).containsExactly(path("a/b/c/d"));
    }

    @Test
    void removing_what_is_not_committed_is_nothing() {
        assertThat(close(List.of(new Remove(path("a"))), tree(), tree()))
                .isEqualTo(new Closed(List.of(), Set.of(), Set.of(), Set.of(), Map.of()));
    }

    @Test
    void the_root_is_never_removed() {
        Closed closed = close(List.of(new Remove(EntryPath.ROOT)), tree(file("a", "")), tree());

        assertThat(closed)
                .isEqualTo(
                        new Closed(
                                List.of(),
                                Set.of(),
                                Set.of(EntryPath.ROOT),
                                Set.of(EntryPath.ROOT),
                                Map.of()));
    }

    private static void checkMixed(
            List<Change> chosen,
            SortedMap<EntryPath, Entry> base,
            SortedMap<EntryPath, Entry> index) {
        Closed closed = close(chosen, base, index);

        checkTree(closed, base);
        SortedMap<EntryPath, Entry> result = Trees.apply(base, closed.changes());
        for (Change change : chosen) {
            if (!closed.postponed().contains(change.path())) {
                assertThat(result.get(change.path()))
                        .isEqualTo(change instanceof Put(var entry) ? entry : null);
            }
        }
        assertThat(closed.lookAgain()).containsAll(closed.postponed());
    }

    private static void checkTree(Closed closed, SortedMap<EntryPath, Entry> base) {
        assertThat(closed.changes()).extracting(Change::path).doesNotHaveDuplicates().isSorted();
        assertThat(closed.changes())
                .filteredOn(Remove.class::isInstance)
                .allMatch(change -> base.containsKey(change.path()));
        assertThat(TreeRules.firstViolation(Trees.apply(base, closed.changes()).values()))
                .isEmpty();
    }

    /** Changes of which some were observed earlier than others. */
    private static List<Change> mixed(
            SortedMap<EntryPath, Entry> base,
            SortedMap<EntryPath, Entry> now,
            SortedMap<EntryPath, Entry> later,
            Random random) {
        Map<EntryPath, Change> mixed = new TreeMap<>();
        for (Change change : Trees.between(base, now)) {
            mixed.put(change.path(), change);
        }
        for (Change change : Trees.between(base, later)) {
            if (random.nextBoolean()) {
                mixed.put(change.path(), change);
            }
        }
        return mixed.values().stream().filter(_ -> random.nextInt(4) > 0).toList();
    }

    /** Rows observed at different times: no tree. */
    private static SortedMap<EntryPath, Entry> index(
            SortedMap<EntryPath, Entry> now, SortedMap<EntryPath, Entry> later, Random random) {
        SortedMap<EntryPath, Entry> index = new TreeMap<>(now);
        index.putAll(later);
        index.keySet().removeIf(_ -> random.nextInt(4) == 0);
        return index;
    }

    private static Closed close(
            Collection<Change> chosen,
            SortedMap<EntryPath, Entry> committed,
            SortedMap<EntryPath, Entry> index) {
        return close(chosen, committed, index, Integer.MAX_VALUE);
    }

    /**
     * Answers from a committed tree and from what the index last observed.
     *
     * @param room for entries that go with their directories
     */
    private static Closed close(
            Collection<Change> chosen,
            SortedMap<EntryPath, Entry> committed,
            SortedMap<EntryPath, Entry> index,
            int room) {
        Closure closure = new Closure(chosen);
        for (Needs needs = closure.needs(); !needs.isEmpty(); needs = closure.needs()) {
            closure.answerCommitted(needs.committed(), found(committed, needs.committed()));
            closure.answerObserved(
                    needs.observed(),
                    found(index, needs.observed()).stream()
                            .filter(DirectoryEntry.class::isInstance)
                            .map(DirectoryEntry.class::cast)
                            .toList());
            for (EntryPath directory : needs.subtrees()) {
                List<EntryPath> below =
                        committed.keySet().stream().filter(directory::isAncestorOf).toList();
                int first = Math.max(0, below.size() - Math.max(0, room - closure.sizeBelow()));
                closure.answerBelow(directory, below.subList(first, below.size()), first == 0);
            }
        }
        return closure.closed();
    }

    private static List<Entry> found(SortedMap<EntryPath, Entry> tree, Set<EntryPath> paths) {
        List<Entry> found = new ArrayList<>();
        paths.forEach(path -> {
            if (tree.containsKey(path)) {
                found.add(tree.get(path));
            }
        });
        return found;
    }

    private static Change put(SortedMap<EntryPath, Entry> tree, String path) {
        return new Put(tree.get(path(path)));
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }
}
