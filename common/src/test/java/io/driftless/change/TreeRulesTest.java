package io.driftless.change;

import static io.driftless.testing.Trees.dir;
import static io.driftless.testing.Trees.file;
import static io.driftless.testing.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.change.TreeRules.Violation;
import io.driftless.path.EntryPath;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Seeds;
import io.driftless.testing.TinyTrees;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TreeRulesTest {
    @Test
    void trees_are_valid() {
        assertThat(TinyTrees.all()).allMatch(tree -> TreeRules.isValid(tree.values()));
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> tree = RandomTrees.tree(random, 100);

            assertThat(TreeRules.firstViolation(tree.values())).isEmpty();
            assertThat(TreeRules.isValid(RandomTrees.edited(tree, random, 20).values())).isTrue();
        });
    }

    @Test
    void a_tree_without_one_of_its_directories_is_not_valid() {
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> tree = new TreeMap<>(RandomTrees.tree(random, 60));
            EntryPath gone = RandomTrees.anyOf(tree, random).parent();
            tree.remove(gone);

            assertThat(TreeRules.isValid(tree.values())).isFalse();
        });
    }

    @Test
    void nothing_is_no_tree() {
        assertThat(TreeRules.firstViolation(List.of()))
                .contains(new Violation(EntryPath.ROOT, "is missing"));
    }

    @Test
    void a_file_holds_nothing() {
        SortedMap<EntryPath, Entry> tree = new TreeMap<>(tree(dir("d", file("x", ""))));
        EntryPath d = EntryPath.parse("d");
        tree.putAll(tree(file("d", "")));

        assertThat(TreeRules.firstViolation(tree.values()))
                .contains(new Violation(d.child("x"), "is in no directory of the tree"));
    }

    @Test
    void a_name_that_begins_like_a_directory_is_not_in_it() {
        assertThat(
                        TreeRules.isValid(
                                tree(dir("d", file("x", "")), file("d.", ""), file("dd", ""))
                                        .values()))
                .isTrue();
    }

    @Test
    void the_root_is_a_directory_and_there_once() {
        List<Entry> entries = new ArrayList<>(tree(file("a", "")).values());
        Entry file = entries.get(1);

        assertThat(TreeRules.isValid(List.of(file))).isFalse();
        assertThat(TreeRules.isValid(List.of(entries.get(0), entries.get(0)))).isFalse();
        assertThat(TreeRules.isValid(List.of(entries.get(0), file, file))).isFalse();
        assertThat(TreeRules.isValid(List.of(file, entries.get(0)))).isFalse();
    }
}
