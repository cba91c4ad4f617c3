package io.driftless.adapter.sqlite;

import static io.driftless.adapter.sqlite.OpenState.get;
import static io.driftless.adapter.sqlite.OpenState.rootOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P5: the root is that of the desired rows, whatever way led to them. */
@Tag("P5")
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
        try (OpenState open = open(random)) {
            SortedMap<EntryPath, Entry> tree = new TreeMap<>();
            for (int i = 0; i < FOLDS; i++) {
                SortedMap<EntryPath, Entry> next = edited(tree, size, random);
                foldsTo(next, tree, open, random);
                tree = next;
            }
        }
    }

    private OpenState open(Random random) {
        return OpenState.of(directory.resolve("state-" + random.nextLong() + ".db"));
    }

    private static void foldsTo(
            SortedMap<EntryPath, Entry> next,
            SortedMap<EntryPath, Entry> base,
            OpenState open,
            Random random) {
        List<Change> changes = new ArrayList<>(Trees.between(base, next));
        Collections.shuffle(changes, random);
        Map<PageHash, Page> pages = new HashMap<>();
        PageHash root = rootOf(next, pages);

        assertThat(open.fold(changes, root)).isTrue();

        assertThat(get(open.state.pages(pages.keySet()))).isEqualTo(pages);
        assertThat(leavesOf(open, next)).isEqualTo(leavesOf(pages));
        assertHasNoOtherPages(open, base, pages);
    }

    private static void assertHasNoOtherPages(
            OpenState open, SortedMap<EntryPath, Entry> base, Map<PageHash, Page> pages) {
        Map<PageHash, Page> before = new HashMap<>();
        PageHash empty = rootOf(new TreeMap<>());
        rootOf(base, before);
        before.keySet().removeAll(pages.keySet());
        before.remove(empty); // Everybody can serve that one.
        before.keySet().stream()
                .limit(50)
                .forEach(superseded ->
                        assertThatThrownBy(() -> get(open.state.pages(Set.of(superseded))))
                                .isInstanceOfSatisfying(
                                        SyncException.class,
                                        failure ->
                                                assertThat(failure.code())
                                                        .isEqualTo(
                                                                ErrorCode.STORE_OBJECT_MISSING)));
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

    /** Three levels; what is removed are the entries that branches end with, and nothing else. */
    @Test
    void has_the_root_and_the_pages_when_entries_that_end_pages_go_and_come_back() {
        SortedMap<EntryPath, Entry> tree = files(50_000);
        Map<PageHash, Page> pages = new HashMap<>();
        rootOf(tree, pages);
        SortedMap<EntryPath, Entry> less = new TreeMap<>(tree);
        endsOfBranches(pages).forEach(less::remove);
        SortedMap<EntryPath, Entry> few = new TreeMap<>(tree.headMap(path("00100")));

        Random random = new Random(0);
        try (OpenState open = open(random)) {
            foldsTo(tree, new TreeMap<>(), open, random);
            foldsTo(less, tree, open, random);
            foldsTo(few, less, open, random);
            foldsTo(less, few, open, random);
            foldsTo(tree, less, open, random);
        }
    }

    private static SortedMap<EntryPath, Entry> files(int count) {
        SortedMap<EntryPath, Entry> files = new TreeMap<>();
        Metadata metadata = new Metadata(0644, 0, 0, Trees.TIME);
        for (int i = 0; i < count; i++) {
            EntryPath path = path("%05d".formatted(i));
            files.put(path, new Entry.FileEntry(path, metadata, Trees.contentOf("")));
        }
        return files;
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static List<EntryPath> endsOfBranches(Map<PageHash, Page> pages) {
        List<EntryPath> ends = new ArrayList<>();
        for (Page page : pages.values()) {
            if (page instanceof Page.Branch(_, var children)) {
                ends.add(children.getLast().last());
            }
        }
        assertThat(ends).hasSizeGreaterThan(2);
        return ends;
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
