package io.driftless.adapter.sqlite;

import static io.driftless.adapter.sqlite.OpenState.get;
import static io.driftless.adapter.sqlite.OpenState.rootOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.manifest.Page;
import io.driftless.path.EntryPath;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Seeds;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P5: the root is that of the desired rows, whatever way led to them. */
class SqliteRootLawsIT {
    private static final int FOLDS = 6;

    @TempDir Path directory;

    @Test
    void has_the_root_and_the_pages_of_its_entries_after_any_folds() {
        Seeds.forEach(20, random -> foldsGiveTheRootOfTheEntries(random, 60));
    }

    /** Several pages on several levels. */
    @Test
    void has_the_root_and_the_pages_of_many_entries_after_any_folds() {
        Seeds.forEach(6, random -> foldsGiveTheRootOfTheEntries(random, 5_000));
    }

    private void foldsGiveTheRootOfTheEntries(Random random, int size) {
        try (OpenState open =
                OpenState.of(directory.resolve("state-" + random.nextLong() + ".db"))) {
            SortedMap<EntryPath, Entry> tree = new TreeMap<>();
            for (int i = 0; i < FOLDS; i++) {
                SortedMap<EntryPath, Entry> next = edited(tree, size, random);
                List<Change> changes = new ArrayList<>(Trees.between(tree, next));
                Collections.shuffle(changes, random);
                Map<PageHash, Page> pages = new HashMap<>();
                PageHash root = rootOf(next, pages);

                assertThat(open.fold(changes, root)).as("fold %d", i).isTrue();

                assertThat(get(open.state.pages(pages.keySet()))).isEqualTo(pages);
                assertThat(leavesOf(open, next)).isEqualTo(leavesOf(pages));
                tree = next;
            }
        }
    }

    /** Removes a range, changes some, adds some: or takes everything away, or begins anew. */
    private static SortedMap<EntryPath, Entry> edited(
            SortedMap<EntryPath, Entry> tree, int size, Random random) {
        SortedMap<EntryPath, Entry> next = new TreeMap<>(tree);
        if (random.nextInt(8) == 0) {
            next.clear();
        }
        List<EntryPath> paths = new ArrayList<>(next.keySet());
        if (!paths.isEmpty() && random.nextBoolean()) {
            int from = random.nextInt(paths.size());
            int length = random.nextInt(1 + (paths.size() - from) / (1 + random.nextInt(8)));
            paths.subList(from, from + length).forEach(next::remove);
        }
        int puts = 1 + random.nextInt(random.nextBoolean() ? size : 8);
        String prefix = random.nextBoolean() ? "" : "%c".formatted('a' + random.nextInt(26));
        for (int i = 0; i < puts; i++) {
            EntryPath path = EntryPath.parse(prefix + "f" + random.nextInt(size));
            Metadata metadata = new Metadata(0600 + random.nextInt(64), 0, 0, Trees.TIME);
            next.put(
                    path,
                    new Entry.FileEntry(path, metadata, Trees.contentOf("" + random.nextInt(9))));
        }
        next.put(
                EntryPath.ROOT,
                new Entry.DirectoryEntry(EntryPath.ROOT, new Metadata(0755, 0, 0, Trees.TIME)));
        if (random.nextInt(10) == 0) {
            next.clear();
        }
        return next;
    }

    private static Map<EntryPath, PageHash> leavesOf(
            OpenState open, SortedMap<EntryPath, Entry> tree) {
        return get(open.state.leavesOf(tree.keySet()));
    }

    private static Map<EntryPath, PageHash> leavesOf(Map<PageHash, Page> pages) {
        Map<EntryPath, PageHash> leaves = new HashMap<>();
        pages.forEach((name, page) -> {
            if (page instanceof Page.Leaf(var entries)) {
                entries.forEach(entry -> leaves.put(entry.path(), name));
            }
        });
        return leaves;
    }

    @Test
    void knows_every_entry_of_random_trees_as_it_is() {
        Seeds.forEach(
                20,
                random -> {
                    SortedMap<EntryPath, Entry> tree = RandomTrees.tree(random, 40);
                    Path file = directory.resolve("tree-" + random.nextLong() + ".db");
                    try (OpenState open = OpenState.of(file)) {
                        List<Change> changes =
                                tree.values().stream()
                                        .map(Change.Put::new)
                                        .collect(Collectors.toList());

                        assertThat(open.fold(changes, rootOf(tree))).isTrue();

                        assertThat(get(open.state.known(Optional.empty(), 1000)))
                                .extracting(known -> known.desired().orElseThrow())
                                .containsExactlyElementsOf(tree.values());
                    }
                });
    }
}
