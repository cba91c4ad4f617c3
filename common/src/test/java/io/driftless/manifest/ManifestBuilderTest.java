package io.driftless.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit.Summary;
import io.driftless.manifest.Page.Branch;
import io.driftless.manifest.Page.Child;
import io.driftless.manifest.Page.Leaf;
import io.driftless.path.EntryPath;
import io.driftless.testing.Seeds;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.FileEntry;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ManifestBuilderTest {
    @Test
    void the_pages_are_those_of_the_rule_written_down_plainly() {
        Seeds.forEach(random -> {
            List<Entry> entries = List.copyOf(OddTrees.tree(random).values());
            Map<PageHash, Page> pages = new LinkedHashMap<>();
            ManifestBuilder builder = new ManifestBuilder(pages::put);
            entries.forEach(builder::add);

            PageHash root = builder.finish().root();

            Map<PageHash, Page> expected = new LinkedHashMap<>();
            assertThat(root).isEqualTo(plainly(entries, expected));
            assertThat(pages).isEqualTo(expected);
        });
    }

    @Test
    void pages_come_before_those_that_name_them() {
        Seeds.forEach(
                20,
                random -> {
                    List<PageHash> given = new ArrayList<>();
                    ManifestBuilder builder =
                            new ManifestBuilder((name, page) -> {
                                if (page instanceof Branch(var _, var children)) {
                                    assertThat(given)
                                            .containsAll(
                                                    children.stream().map(Child::page).toList());
                                }
                                given.add(name);
                            });

                    OddTrees.tree(random).values().forEach(builder::add);

                    assertThat(builder.finish().root()).isEqualTo(given.getLast());
                });
    }

    @Test
    void an_empty_manifest_is_one_empty_leaf() {
        Map<PageHash, Page> pages = new LinkedHashMap<>();

        ManifestBuilder.Built built = new ManifestBuilder(pages::put).finish();

        assertThat(pages).containsExactly(Map.entry(built.root(), new Leaf(List.of())));
        assertThat(built.summary()).isEqualTo(new Summary(0, 0));
    }

    @Test
    void the_summary_counts_every_entry_and_the_bytes_of_files() {
        Manifest manifest =
                Manifest.of(
                        Trees.tree(
                                Trees.file("a", "one"),
                                Trees.dir("d", Trees.file("b", "four"), Trees.symlink("c", "a"))));

        assertThat(manifest.summary()).isEqualTo(new Summary(5, 7));
    }

    @Test
    void entries_out_of_order_are_refused() {
        List<Entry> entries =
                List.copyOf(Trees.tree(Trees.file("a", ""), Trees.file("b", "")).values());
        ManifestBuilder builder = new ManifestBuilder((_, _) -> {});
        builder.add(entries.get(2));

        for (Entry early : entries.subList(1, 3)) {
            assertThatThrownBy(() -> builder.add(early))
                    .isInstanceOfSatisfying(
                            SyncException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVARIANT_BROKEN));
        }
    }

    /** An item of some level with its key. */
    private record Item<T>(T value, EntryPath key, long entries, long bytes) {}

    private static PageHash plainly(List<Entry> entries, Map<PageHash, Page> pages) {
        List<Item<Entry>> items =
                entries.stream()
                        .map(entry -> new Item<>(entry, entry.path(), 1, sizeOf(entry)))
                        .toList();
        List<Item<Child>> names = cut(items, 0, Leaf::new, pages);
        for (int level = 1; names.size() > 1; level++) {
            int here = level;
            names = cut(names, level, children -> new Branch(here, children), pages);
        }
        return names.isEmpty() ? keep(new Leaf(List.of()), pages) : names.getFirst().value().page();
    }

    private static <T> List<Item<Child>> cut(
            List<Item<T>> items,
            int level,
            Function<List<T>, Page> toPage,
            Map<PageHash, Page> pages) {
        List<Item<Child>> names = new ArrayList<>();
        List<Item<T>> open = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Item<T> item = items.get(i);
            open.add(item);
            boolean isEnd = open.size() == 512 || endsPage(item.key(), level);
            if (isEnd || i + 1 == items.size()) {
                PageHash name = keep(toPage.apply(open.stream().map(Item::value).toList()), pages);
                long entries = open.stream().mapToLong(Item::entries).sum();
                long bytes = open.stream().mapToLong(Item::bytes).sum();
                names.add(
                        new Item<>(
                                new Child(item.key(), name, entries, bytes),
                                item.key(),
                                entries,
                                bytes));
                open.clear();
            }
        }
        return names;
    }

    /**
     * Bits 7k to 7k+6 of the digest, read as one number whose lowest bit is the lowest of the last
     * byte.
     */
    private static boolean endsPage(EntryPath key, int level) {
        var digest = new BigInteger(1, Sha256.digestOf(key.key()));
        return digest.shiftRight(7 * level).mod(BigInteger.valueOf(128)).signum() == 0;
    }

    private static PageHash keep(Page page, Map<PageHash, Page> pages) {
        pages.put(PageCodec.name(page), page);
        return PageCodec.name(page);
    }

    private static long sizeOf(Entry entry) {
        return entry instanceof FileEntry file ? file.content().sizeBytes() : 0;
    }
}
