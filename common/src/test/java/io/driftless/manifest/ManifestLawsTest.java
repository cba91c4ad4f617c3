package io.driftless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.manifest.ManifestBuilder.Built;
import io.driftless.manifest.ManifestEdit.Edited;
import io.driftless.path.EntryPath;
import io.driftless.testing.MapPageSource;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Seeds;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

class ManifestLawsTest {
    @Test
    void editing_gives_what_building_from_scratch_gives() {
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> tree = RandomTrees.tree(random, size(random));
            MapPageSource pages = new MapPageSource();
            PageHash root = build(tree, pages).root();
            for (int round = 0; round < 4; round++) {
                SortedMap<EntryPath, Entry> next =
                        RandomTrees.edited(tree, random, 1 + random.nextInt(40));
                List<Change> changes = Trees.between(tree, next);

                Edited edited = ManifestEdit.apply(pages, Optional.of(root), changes).block();

                MapPageSource fresh = new MapPageSource();
                Built built = build(next, fresh);
                assertThat(edited.root()).isEqualTo(built.root());
                assertThat(edited.summary()).isEqualTo(built.summary());
                Set<PageHash> expected = new HashSet<>(fresh.names());
                Set<PageHash> have = new HashSet<>(pages.names());
                have.removeAll(edited.superseded());
                assertThat(edited.added().keySet()).doesNotContainAnyElementsOf(pages.names());
                have.addAll(edited.added().keySet());
                assertThat(have).isEqualTo(expected);
                pages.putAll(edited.added());
                edited.superseded().forEach(pages::remove);
                tree = next;
                root = edited.root();
            }
        });
    }

    @Test
    void diff_gives_the_changes() {
        Seeds.forEach(random -> {
            SortedMap<EntryPath, Entry> base = RandomTrees.tree(random, size(random));
            SortedMap<EntryPath, Entry> next = RandomTrees.edited(base, random, random.nextInt(60));
            MapPageSource a = new MapPageSource();
            MapPageSource b = new MapPageSource();
            PageHash baseRoot = build(base, a).root();
            PageHash nextRoot = build(next, b).root();

            List<Change> changes =
                    ManifestDiff.diff(a, Optional.of(baseRoot), b, nextRoot).collectList().block();

            assertThat(changes).isEqualTo(Trees.between(base, next));
            Set<PageHash> differing = new HashSet<>(b.names());
            differing.removeAll(a.names());
            assertThat(b.loads()).isLessThanOrEqualTo(differing.size() + 1);
        });
    }

    private static int size(Random random) {
        return 1 + random.nextInt(random.nextInt(4) == 0 ? 4000 : 300);
    }

    static Built build(SortedMap<EntryPath, Entry> tree, MapPageSource pages) {
        ManifestBuilder builder = new ManifestBuilder(pages::put);
        tree.values().forEach(builder::add);
        return builder.finish();
    }
}
