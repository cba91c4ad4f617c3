package io.driftless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.manifest.ManifestEdit.Edited;
import io.driftless.path.EntryPath;
import io.driftless.testing.MapPageSource;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Seeds;
import io.driftless.testing.TinyTrees;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What holds for all manifests, whatever their entries and their history. */
class ManifestLawsTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @Test
    void editing_gives_what_building_from_scratch_gives() {
        Seeds.forEach(random -> {
            Manifest manifest = Manifest.of(RandomTrees.tree(random, size(random)));
            for (int round = 0; round < 3; round++) {
                manifest =
                        checkedEdit(
                                manifest,
                                RandomTrees.edited(
                                        manifest.tree(), random, 1 + random.nextInt(40)));
            }
        });
    }

    @Test
    void editing_where_pages_end_by_force_gives_what_building_from_scratch_gives() {
        Seeds.forEach(random -> {
            Manifest manifest = Manifest.of(OddTrees.tree(random));
            for (int round = 0; round < 3; round++) {
                manifest = checkedEdit(manifest, OddTrees.edited(manifest.tree(), random));
            }
        });
    }

    @Test
    void the_order_in_which_entries_came_and_went_does_not_matter() {
        Seeds.forEach(
                40,
                random -> {
                    SortedMap<EntryPath, Entry> goal = OddTrees.tree(random);
                    List<Change> puts = new ArrayList<>(Trees.between(new TreeMap<>(), goal));
                    OddTrees.tree(random).keySet().stream()
                            .filter(path -> !goal.containsKey(path))
                            .forEach(path ->
                                    puts.add(new Change.Put(RandomTrees.entry(path, random))));
                    Collections.shuffle(puts, random);

                    Manifest manifest = Manifest.of(new TreeMap<>());
                    for (int from = 0; from < puts.size(); ) {
                        int to = Math.min(puts.size(), from + 1 + random.nextInt(puts.size()));
                        manifest =
                                checkedEdit(
                                        manifest,
                                        Trees.apply(manifest.tree(), puts.subList(from, to)));
                        from = to;
                    }

                    assertThat(checkedEdit(manifest, goal).root())
                            .isEqualTo(Manifest.of(goal).root());
                });
    }

    @Test
    void applying_the_diff_to_one_manifest_gives_the_other() {
        Seeds.forEach(random -> {
            Manifest base =
                    Manifest.of(
                            random.nextBoolean()
                                    ? OddTrees.tree(random)
                                    : RandomTrees.tree(random, size(random)));
            Manifest next =
                    Manifest.of(
                            switch (random.nextInt(base.tree().isEmpty() ? 2 : 3)) {
                                case 0 -> OddTrees.tree(random);
                                case 1 -> OddTrees.edited(base.tree(), random);
                                default ->
                                        RandomTrees.edited(base.tree(), random, random.nextInt(60));
                            });

            List<Change> changes = diff(Optional.of(base), next);

            assertThat(changes).isEqualTo(Trees.between(base.tree(), next.tree()));
            assertThat(edit(base, changes).root()).isEqualTo(next.root());
            assertThat(diff(Optional.empty(), next))
                    .isEqualTo(Trees.between(new TreeMap<>(), next.tree()));
        });
    }

    @Test
    void a_diff_loads_only_pages_that_differ() {
        Seeds.forEach(
                40,
                random -> {
                    Manifest base = Manifest.of(OddTrees.tree(random));
                    Manifest next = Manifest.of(OddTrees.edited(base.tree(), random));

                    diff(Optional.of(base), next);

                    // Where one is higher than the other, pages both have may be opened before they
                    // meet at one level.
                    boolean areOfOneHeight = base.height() == next.height();
                    Set<PageHash> common = new HashSet<>(base.pages().names());
                    common.retainAll(next.pages().names());
                    if (areOfOneHeight && !base.root().equals(next.root())) {
                        assertThat(base.pages().requested()).noneMatch(common::contains);
                        assertThat(next.pages().requested()).noneMatch(common::contains);
                    }
                });
    }

    @Test
    void every_change_between_tiny_trees_is_found_and_applied() {
        List<Manifest> all = TinyTrees.all().stream().map(Manifest::of).toList();
        for (Manifest base : all) {
            for (Manifest next : all) {
                List<Change> changes = diff(Optional.of(base), next);

                assertThat(changes).isEqualTo(Trees.between(base.tree(), next.tree()));
                assertThat(edit(base, changes).root()).isEqualTo(next.root());
                assertThat(base.root().equals(next.root()))
                        .isEqualTo(base.tree().equals(next.tree()));
            }
        }
    }

    private static Manifest checkedEdit(Manifest base, SortedMap<EntryPath, Entry> tree) {
        Manifest expected = Manifest.of(tree);

        Edited edited = edit(base, Trees.between(base.tree(), tree));

        assertThat(edited.root()).isEqualTo(expected.root());
        assertThat(edited.summary()).isEqualTo(expected.summary());
        Set<PageHash> names = new HashSet<>(base.pages().names());
        assertThat(names).containsAll(edited.superseded());
        assertThat(edited.added().keySet()).noneMatch(names::contains);
        names.removeAll(edited.superseded());
        names.addAll(edited.added().keySet());
        assertThat(names).isEqualTo(expected.pages().names());
        return expected;
    }

    private static Edited edit(Manifest base, List<Change> changes) {
        Edited edited =
                ManifestEdit.apply(base.pages(), Optional.of(base.root()), changes)
                        .blockOptional(LIMIT)
                        .orElseThrow();
        assertThat(ManifestEdit.applyNow(base.pages()::pagesNow, Optional.of(base.root()), changes))
                .isEqualTo(edited);
        return edited;
    }

    private static List<Change> diff(Optional<Manifest> base, Manifest next) {
        MapPageSource pages = base.map(Manifest::pages).orElseGet(MapPageSource::new);
        return ManifestDiff.diff(pages, base.map(Manifest::root), next.pages(), next.root())
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    private static int size(Random random) {
        return 1 + random.nextInt(random.nextInt(10) == 0 ? 3000 : 200);
    }
}
