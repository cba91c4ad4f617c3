package io.driftless.adapter.sqlite;

import static io.driftless.adapter.sqlite.OpenState.get;
import static io.driftless.adapter.sqlite.OpenState.rootOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.change.Change;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The costs that the flows count on, with room for a slow disk and a busy machine; best of a few
 * tries.
 */
class SqliteStateSpeedIT {
    private static final int ENTRIES = 20_000;
    private static final int SLACK = 4;

    @TempDir Path directory;

    @Test
    void folds_and_settles_in_the_time_allowed() {
        SortedMap<EntryPath, Entry> tree = tree();
        long[] folds = new long[3];
        long[] settles = new long[3];
        long[] singles = new long[30];
        for (int i = 0; i < folds.length; i++) {
            try (OpenState open = OpenState.of(directory.resolve("state-" + i + ".db"))) {
                folds[i] =
                        nanos(() ->
                                assertThat(
                                                open.fold(
                                                        Trees.between(new TreeMap<>(), tree),
                                                        rootOf(tree)))
                                        .isTrue());
                settles[i] = nanos(() -> settle(open, tree, 1_000));
                for (int j = 0; j < singles.length; j++) {
                    singles[j] = singleChange(open, tree, j);
                }
            }
        }

        System.out.printf(
                "fold %s settle %s single %s%n", median(folds), median(settles), median(singles));
        assertThat(median(folds)).isLessThan(Duration.ofSeconds(SLACK));
        assertThat(median(settles)).isLessThan(Duration.ofMillis(30 * SLACK));
        assertThat(median(singles)).isLessThan(Duration.ofMillis(5 * SLACK));
    }

    private static SortedMap<EntryPath, Entry> tree() {
        SortedMap<EntryPath, Entry> tree = new TreeMap<>();
        Metadata metadata = new Metadata(0755, 0, 0, Trees.TIME);
        tree.put(EntryPath.ROOT, new Entry.DirectoryEntry(EntryPath.ROOT, metadata));
        for (int i = 0; i < ENTRIES; i++) {
            EntryPath parent = EntryPath.parse("directory-%03d".formatted(i / 100));
            tree.putIfAbsent(parent, new Entry.DirectoryEntry(parent, metadata));
            EntryPath path = parent.child("file-%05d.txt".formatted(i));
            tree.put(path, new Entry.FileEntry(path, metadata, Trees.contentOf("text " + i)));
        }
        return tree;
    }

    private static void settle(OpenState open, SortedMap<EntryPath, Entry> tree, int count) {
        List<Settled> results = new ArrayList<>();
        for (Entry entry : tree.values()) {
            if (entry instanceof Entry.FileEntry file && results.size() < count) {
                results.add(right(file));
            }
        }
        get(open.state.settle(Kind.CONTENT, results));
    }

    private static Settled right(Entry.FileEntry file) {
        Stat stat =
                new Stat(
                        Stat.Kind.FILE,
                        file.content().sizeBytes(),
                        file.metadata(),
                        new Timestamp(1, 2),
                        3,
                        4,
                        1);
        return new Settled.Right(new Applied(file.path(), stat, Optional.of(file.content())));
    }

    private static long singleChange(OpenState open, SortedMap<EntryPath, Entry> tree, int number) {
        EntryPath path = EntryPath.parse("directory-077/file-%05d.txt".formatted(7_700 + number));
        Entry.FileEntry next =
                new Entry.FileEntry(
                        path, tree.get(path).metadata(), Trees.contentOf("other" + number));
        SortedMap<EntryPath, Entry> all = new TreeMap<>(tree);
        all.put(path, next);
        tree.put(path, next);
        var root = rootOf(all);
        return nanos(() -> {
            assertThat(open.fold(List.of(new Change.Put(next)), root)).isTrue();
            get(open.state.settle(Kind.CONTENT, List.of(right(next))));
        });
    }

    private static long nanos(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return System.nanoTime() - begin;
    }

    private static Duration median(long[] times) {
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        return Duration.ofNanos(sorted[sorted.length / 2]);
    }
}
