package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Inode;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.FolderIndex.Tally;
import io.driftless.testing.RandomTrees;
import io.driftless.testing.Seeds;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Stat;
import io.driftless.tree.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a folder index promises of its lists of rows. */
abstract class FolderIndexListRules extends FolderIndexRunRules {
    @Test
    void lists_rows_in_path_order_from_after_one_path_through_another() {
        writeAll("", "a", "a/b", "a/b/c", "a.b", "a-b", "b", "%FF%FE", "A");

        assertThat(below("", "a", "b")).isEqualTo(paths("a/b", "a/b/c", "a-b", "a.b", "b"));
        assertThat(below("", "", "a")).isEqualTo(paths("A", "a"));
        assertThat(below("", "b", ALL)).isEqualTo(paths("%FF%FE"));
        assertThat(below("", "a", 2)).isEqualTo(paths("a/b", "a/b/c"));
    }

    @Test
    void lists_rows_of_a_range_below_a_directory_only() {
        writeAll("", "a", "a/b", "a/b/c", "a/c", "a-b", "b", "b/x", "A");

        assertThat(below("a", "a", ALL)).isEqualTo(paths("a/b", "a/b/c", "a/c"));
        assertThat(below("a", "A", ALL)).isEqualTo(paths("a/b", "a/b/c", "a/c"));
        assertThat(below("a", "a/b", ALL)).isEqualTo(paths("a/b/c", "a/c"));
        assertThat(below("a", "a", 1)).isEqualTo(paths("a/b"));
        assertThat(below("a", "a", "a/b/c")).isEqualTo(paths("a/b", "a/b/c"));
        assertThat(below("a", "a/b", "b")).isEqualTo(paths("a/b/c", "a/c"));
        assertThat(below("a", "b", ALL)).isEmpty();
        assertThat(below("a-b", "a-b", ALL)).isEmpty();
    }

    private List<EntryPath> below(String directory, String after, int limit) {
        return below(directory, after, Optional.empty(), limit);
    }

    private List<EntryPath> below(String directory, String after, String through) {
        return below(directory, after, Optional.of(path(through)), ALL);
    }

    private List<EntryPath> below(
            String directory, String after, Optional<EntryPath> through, int limit) {
        return pathsOf(get(rows().rowsBelow(folder, path(directory), path(after), through, limit)));
    }

    @Test
    void lists_what_is_directly_in_a_directory() {
        writeAll("", "a", "a/b", "a/b/c", "a/c", "a.b", "b", "b/x");

        assertThat(children("", "")).isEqualTo(paths("a", "a.b", "b"));
        assertThat(children("a", "")).isEqualTo(paths("a/b", "a/c"));
        assertThat(children("a", "a/b")).isEqualTo(paths("a/c"));
        assertThat(children("a", "b")).isEmpty();
        assertThat(children("a/b/c", "")).isEmpty();
        assertThat(pathsOf(get(rows().children(folder, path(""), Optional.empty(), 2))))
                .isEqualTo(paths("a", "a.b"));
    }

    private List<EntryPath> children(String directory, String after) {
        return pathsOf(
                get(rows().children(folder, path(directory), Optional.of(path(after)), ALL)));
    }

    @Test
    void lists_any_tree_as_a_sorted_map_would() {
        Seeds.forEach(
                5,
                random -> {
                    FolderId other = new FolderId("f-" + UUID.randomUUID());
                    get(rows().open(other, UUID.randomUUID()));
                    List<Entry> tree = List.copyOf(RandomTrees.tree(random, 60).values());
                    get(rows().write(other, puts(tree)));
                    List<EntryPath> all = tree.stream().map(Entry::path).toList();

                    assertThat(pathsOf(get(rows().dirtyRows(other, Optional.empty(), ALL))))
                            .isEqualTo(all);
                    assertThat(paged(after -> get(rows().dirtyRows(other, after, 7))))
                            .isEqualTo(all);
                    for (EntryPath directory : all) {
                        assertThat(paged(after -> get(rows().children(other, directory, after, 3))))
                                .isEqualTo(inside(directory, all));
                    }
                });
    }

    private static List<EntryPath> inside(EntryPath directory, List<EntryPath> all) {
        return all.stream()
                .filter(path -> !path.isRoot() && path.parent().equals(directory))
                .toList();
    }

    private static List<EntryPath> paged(Function<Optional<EntryPath>, List<Row>> page) {
        List<EntryPath> paths = new ArrayList<>();
        Optional<EntryPath> after = Optional.empty();
        for (List<Row> rows = page.apply(after); !rows.isEmpty(); rows = page.apply(after)) {
            paths.addAll(pathsOf(rows));
            after = Optional.of(paths.getLast());
        }
        return paths;
    }

    @Test
    void keeps_the_longest_paths_apart_and_in_order() {
        TreeSet<EntryPath> longest = longestPaths(new Random(1));
        writeAll("", "a");
        get(rows().write(folder, puts(longest.stream().map(IndexRules::directory).toList())));

        EntryPath common = longest.first().parent();
        assertThat(pathsOf(get(rows().rows(folder, longest)))).containsExactlyElementsOf(longest);
        assertThat(paged(after -> get(rows().children(folder, common, after, 3))))
                .containsExactlyElementsOf(longest);
        assertThat(
                        paged(after ->
                                get(
                                        rows().rowsBelow(
                                                        folder,
                                                        EntryPath.ROOT,
                                                        after.orElse(common),
                                                        Optional.empty(),
                                                        3))))
                .containsExactlyElementsOf(longest);
        assertThat(
                        get(
                                rows().write(
                                                folder,
                                                puts(
                                                        longest.stream()
                                                                .map(IndexRules::directory)
                                                                .toList()))))
                .containsOnly(Optional.empty());
        commits(
                draft(
                        1,
                        longest.stream().map(IndexRules::directory).toList(),
                        List.of(),
                        taken(get(rows().rows(folder, longest)))));
        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("", "a"));
        assertThat(get(commits().committedBelow(folder, common, Optional.empty(), ALL)))
                .extracting(Entry::path)
                .containsExactlyElementsOf(longest);
    }

    /** Ten names in one directory, of 4,095 bytes that do not compress. */
    private static TreeSet<EntryPath> longestPaths(Random random) {
        EntryPath directory = EntryPath.ROOT;
        while (directory.lengthBytes() < EntryPath.MAX_LENGTH_BYTES - 255) {
            directory = directory.child(name(random, 200));
        }
        TreeSet<EntryPath> paths = new TreeSet<>();
        while (paths.size() < 10) {
            int rest = EntryPath.MAX_LENGTH_BYTES - directory.lengthBytes() - 1;
            paths.add(directory.child(name(random, rest)));
        }
        return paths;
    }

    private static byte[] name(Random random, int lengthBytes) {
        byte[] name = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++) {
            name[i] = (byte) ('0' + random.nextInt(200));
            name[i] = name[i] == 0 || name[i] == '/' ? (byte) 'x' : name[i];
        }
        return name;
    }

    @Test
    void finds_rows_by_the_inode_last_seen() {
        Entry a = file("a", "one");
        Entry b = file("b", "two");
        Version gone = writes(put(file("c", "x"), stat(file("c", "x"), 12), Optional.empty()));
        writes(put(a, on(1, 11), Optional.empty()));
        writes(put(b, on(2, 11), Optional.empty()));
        writes(removal("c", gone));

        assertThat(pathsOf(get(rows().rowsOfInodes(folder, List.of(new Inode(1, 11))))))
                .isEqualTo(paths("a"));
        assertThat(
                        pathsOf(
                                get(
                                        rows().rowsOfInodes(
                                                        folder,
                                                        List.of(
                                                                new Inode(2, 11),
                                                                new Inode(1, 11),
                                                                new Inode(42, 12))))))
                .isEqualTo(paths("a", "b"));
        assertThat(get(rows().rowsOfInodes(folder, List.of()))).isEmpty();
    }

    private static Stat on(long device, long inode) {
        return stat(Stat.Kind.FILE, 3, file("f", "one"), device, inode);
    }

    @Test
    void lists_waiting_rows_that_are_due_oldest_first() {
        writes(bare("c", waiting(ErrorCode.ENTRY_UNSTABLE, NOON)));
        writes(bare("b", waiting(ErrorCode.ENTRY_UNREADABLE, NOON.plusSeconds(1))));
        writes(bare("a", waiting(ErrorCode.ENTRY_UNSTABLE, NOON.plusSeconds(2))));
        writes(bare("d", new State.Skipped(ErrorCode.NAME_INVALID)));
        writesNew(file("e", "ok"));

        assertThat(due(NOON.minusSeconds(1), ALL)).isEmpty();
        assertThat(due(NOON.plusSeconds(1), ALL)).isEqualTo(paths("c", "b"));
        assertThat(due(NOON.plusSeconds(9), 2)).isEqualTo(paths("c", "b"));
    }

    /** It was told by a clock that was years ahead, and nobody waits for years. */
    @Test
    void takes_a_row_for_due_that_would_wait_longer_than_any_does() {
        Instant longest = NOON.plus(FolderIndex.LONGEST_WAIT);
        writes(bare("a", waiting(ErrorCode.ENTRY_UNSTABLE, longest)));
        writes(bare("b", waiting(ErrorCode.ENTRY_UNSTABLE, longest.plusSeconds(1))));

        assertThat(due(NOON, ALL)).isEqualTo(paths("b"));
    }

    /** Else many large files, which are read for long, would keep others from their next look. */
    @Test
    void lists_large_files_apart_from_what_else_waits() {
        writes(bare("large", waiting(ErrorCode.LARGE_PENDING, NOON)));
        writes(bare("larger", waiting(ErrorCode.LARGE_PENDING, NOON.minusSeconds(1))));
        writes(bare("other", waiting(ErrorCode.ENTRY_UNSTABLE, NOON.plusSeconds(1))));

        assertThat(due(NOON.plusSeconds(1), 1)).isEqualTo(paths("other"));
        assertThat(pathsOf(get(rows().dueLargeRows(folder, NOON.plusSeconds(1), ALL))))
                .isEqualTo(paths("larger", "large"));
        assertThat(get(rows().dueLargeRows(folder, NOON.minusSeconds(2), ALL))).isEmpty();
    }

    private List<EntryPath> due(Instant by, int limit) {
        return pathsOf(get(rows().dueRows(folder, by, limit)));
    }

    @Test
    void counts_the_rows_that_are_not_ok_with_some_examples() {
        IntStream.range(0, 30)
                .forEach(i ->
                        writes(
                                bare(
                                        "u%02d".formatted(i),
                                        waiting(ErrorCode.ENTRY_UNSTABLE, NOON))));
        writes(bare("fifo", new State.Skipped(ErrorCode.ENTRY_UNSUPPORTED)));
        writesNew(file("ok", "ok"));
        writes(removal(path("removed"), Optional.empty()));

        List<Tally> tally = get(rows().tally(folder));

        assertThat(tally)
                .extracting(Tally::code)
                .containsExactly(ErrorCode.ENTRY_UNSTABLE, ErrorCode.ENTRY_UNSUPPORTED);
        assertThat(tally).extracting(Tally::rows).containsExactly(30L, 1L);
        assertThat(tally.getFirst().examples()).startsWith(path("u00"), path("u01"));
        assertThat(tally.getFirst().examples()).hasSizeBetween(2, 29);
        assertThat(tally.getLast().examples()).isEqualTo(paths("fifo"));
    }

    @Test
    void counts_groups_of_files_that_are_one_at_the_source() {
        write(linked("a/one", 7, 3), linked("b/other", 7, 3), linked("c/third", 7, 3));
        write(linked("x", 8, 2), linked("y", 8, 2));
        write(linked("with a name elsewhere", 9, 2), linked("alone", 10, 1));
        writes(put(directory("d"), stat(directory("d"), 8), Optional.empty()));

        List<Tally> tally = get(rows().tally(folder));

        assertThat(tally).containsExactly(new Tally(ErrorCode.HARD_LINKED, 2, paths("a/one", "x")));
    }

    @Test
    void forgets_a_group_of_which_one_name_is_left() {
        writes(linked("x", 8, 2));
        Version other = writes(linked("y", 8, 2));
        assertThat(get(rows().tally(folder))).hasSize(1);

        writes(removal("y", other));

        assertThat(get(rows().tally(folder))).isEmpty();
    }

    private static RowWrite linked(String path, long inode, int links) {
        Entry file = file(path, "the same");
        return put(file, stat(file, inode, links), Optional.empty());
    }

    private static State waiting(ErrorCode code, Instant due) {
        return new State.Waiting(code, 1, due);
    }

    private void writeAll(String... paths) {
        List<Entry> entries = new ArrayList<>();
        for (String path : paths) {
            entries.add(directory(path));
        }
        get(rows().write(folder, puts(entries)));
    }

    static List<RowWrite> puts(Collection<Entry> entries) {
        return entries.stream().map(entry -> put(entry, Optional.empty())).toList();
    }
}
