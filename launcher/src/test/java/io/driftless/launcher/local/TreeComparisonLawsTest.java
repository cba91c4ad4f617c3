package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Engine.VerifyDepth;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.testing.Seeds;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TreeComparisonLawsTest {
    @Test
    void a_mirror_deviates_exactly_where_the_trees_are_not_equal() {
        Seeds.forEach(random -> {
            TreePair trees = edited(random);

            assertThat(trees.verify(Mode.MIRROR, VerifyDepth.CONTENT))
                    .extracting(Deviation::path)
                    .containsExactlyElementsOf(
                            unequal(trees.source.snapshot(), trees.target.snapshot()));
        });
    }

    @Test
    void an_overlay_deviates_exactly_where_the_target_lacks_something_of_the_source() {
        Seeds.forEach(random -> {
            TreePair trees = edited(random);

            assertThat(trees.verify(Mode.OVERLAY, VerifyDepth.CONTENT))
                    .extracting(Deviation::path)
                    .containsExactlyElementsOf(
                            lacking(trees.source.snapshot(), trees.target.snapshot()));
        });
    }

    @ParameterizedTest
    @EnumSource
    void the_plan_names_exactly_the_paths_that_deviate(Mode mode) {
        Seeds.forEach(random -> {
            TreePair trees = edited(random);

            assertThat(trees.plan(mode))
                    .extracting(change -> change.action().path())
                    .containsExactlyElementsOf(
                            trees.verify(mode, VerifyDepth.METADATA).stream()
                                    .map(Deviation::path)
                                    .toList());
        });
    }

    @ParameterizedTest
    @EnumSource
    void equal_trees_need_nothing_and_do_not_deviate(Mode mode) {
        Seeds.forEach(random -> {
            TreePair trees = edited(random);
            trees.copy();

            assertThat(trees.plan(mode)).isEmpty();
            assertThat(trees.verify(mode, VerifyDepth.METADATA)).isEmpty();
            assertThat(trees.verify(mode, VerifyDepth.CONTENT)).isEmpty();
        });
    }

    @Test
    void every_flipped_byte_behind_an_unchanged_time_is_found_by_reading() {
        Seeds.forEach(random -> {
            TreePair trees = edited(random);
            trees.copy();
            Optional<EntryPath> flipped = flipOne(trees, random);

            List<EntryPath> expected = flipped.stream().toList();

            assertThat(trees.verify(Mode.MIRROR, VerifyDepth.CONTENT))
                    .extracting(Deviation::path)
                    .containsExactlyElementsOf(expected);
            assertThat(trees.verify(Mode.MIRROR, VerifyDepth.METADATA)).isEmpty();
        });
    }

    private static Optional<EntryPath> flipOne(TreePair trees, Random random) {
        List<Entry> files =
                trees.target.snapshot().values().stream()
                        .filter(entry ->
                                entry instanceof Entry.FileEntry file
                                        && file.content().sizeBytes() > 0)
                        .toList();
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Entry chosen = files.get(random.nextInt(files.size()));
        Timestamp modified = chosen.metadata().modified();
        byte[] bytes = trees.target.bytes(chosen.path()).orElseThrow();
        bytes[random.nextInt(bytes.length)] ^= 1;
        trees.target.write(chosen.path(), bytes);
        trees.target.touch(chosen.path(), modified);
        return Optional.of(chosen.path());
    }

    /** A copy, and then edits of both. */
    private static TreePair edited(Random random) {
        TreePair trees = new TreePair();
        RandomEdits edits = new RandomEdits(random);
        edits.some(trees.source, 30);
        trees.copy();
        edits.some(trees.source, random.nextInt(12));
        edits.some(trees.target, random.nextInt(12));
        return trees;
    }

    private static SortedSet<EntryPath> unequal(
            SortedMap<EntryPath, Entry> source, SortedMap<EntryPath, Entry> target) {
        SortedSet<EntryPath> paths = new TreeSet<>(source.keySet());
        paths.addAll(target.keySet());
        paths.removeIf(
                path -> source.containsKey(path) && source.get(path).equals(target.get(path)));
        return paths;
    }

    private static SortedSet<EntryPath> lacking(
            SortedMap<EntryPath, Entry> source, SortedMap<EntryPath, Entry> target) {
        SortedSet<EntryPath> paths = new TreeSet<>(source.keySet());
        paths.removeIf(path ->
                target.containsKey(path)
                        && withoutDirectoryTime(source.get(path))
                                .equals(withoutDirectoryTime(target.get(path))));
        return paths;
    }

    private static Entry withoutDirectoryTime(Entry entry) {
        var metadata = entry.metadata();
        return entry instanceof Entry.DirectoryEntry
                ? entry.withMetadata(
                        new Metadata(
                                metadata.mode(), metadata.uid(), metadata.gid(), Timestamp.EPOCH))
                : entry;
    }
}
