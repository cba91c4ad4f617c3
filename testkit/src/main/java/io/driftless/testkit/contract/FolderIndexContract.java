package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Folder;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * What every {@link FolderIndex} promises; of lists in {@link FolderIndexListRules}, of runs and
 * large files in {@link FolderIndexRunRules}.
 */
public abstract class FolderIndexContract extends FolderIndexListRules {
    // ---- Folders

    @Test
    void makes_a_folder_once() {
        Folder again = get(rows().open(folder, UUID.randomUUID()));

        assertThat(again).isEqualTo(new Folder(folder, incarnation));
    }

    @Test
    void does_not_know_a_folder_that_nobody_opened() {
        FolderId stranger = new FolderId("f-" + UUID.randomUUID());

        Failures.assertFails(rows().rows(stranger, paths("a")), ErrorCode.INVARIANT_BROKEN);
        Failures.assertFails(
                rows().write(stranger, List.of(put(file("a", "x"), Optional.empty()))),
                ErrorCode.INVARIANT_BROKEN);
    }

    @Test
    void keeps_folders_apart() {
        FolderId other = new FolderId("f-" + UUID.randomUUID());
        get(rows().open(other, UUID.randomUUID()));
        writesNew(file("a", "one"));

        assertThat(get(rows().rows(other, paths("a")))).isEmpty();
        assertThat(get(rows().dirtyRows(other, Optional.empty(), ALL))).isEmpty();
        get(rows().write(other, List.of(put(file("a", "other"), Optional.empty()))));
        assertThat(row("a").orElseThrow().entry()).contains(file("a", "one"));
    }

    // ---- Rows

    @Test
    void gives_rows_back_as_they_were_written() {
        Entry link = symlink("%FF", "to");
        List<RowWrite> writes =
                List.of(
                        put(directory(""), Optional.empty()),
                        put(file("a", "text"), Optional.empty()),
                        put(link, stat(link, -1), Optional.empty()),
                        bare("waits", new State.Waiting(ErrorCode.ENTRY_UNSTABLE, 3, NOON)),
                        bare("skipped", new State.Skipped(ErrorCode.NAME_INVALID)),
                        removal(path("removed"), Optional.empty()));

        List<Optional<Version>> versions = get(rows().write(folder, writes));

        List<Row> expected =
                IntStream.range(0, writes.size())
                        .mapToObj(i -> rowOf(writes.get(i), versions.get(i).orElseThrow()))
                        .toList();
        List<EntryPath> all = writes.stream().map(RowWrite::path).toList();
        assertThat(get(rows().rows(folder, all))).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static Row rowOf(RowWrite write, Version version) {
        boolean isDirty = write.entry().isPresent() || write.state() instanceof State.Removed;
        return new Row(write.path(), version, write.state(), write.stat(), write.entry(), isDirty);
    }

    @Test
    void leaves_out_paths_without_a_row() {
        writesNew(file("a", "one"));

        assertThat(pathsOf(get(rows().rows(folder, paths("b", "a", "a/b", "a", "")))))
                .isEqualTo(paths("a"));
        assertThat(get(rows().rows(folder, List.of()))).isEmpty();
    }

    @Test
    void writes_nothing_where_there_is_nothing_to_write() {
        assertThat(write()).isEmpty();
    }

    @Test
    void loses_a_write_that_expects_no_row_where_there_is_one() {
        writesNew(file("a", "one"));

        assertThat(write(put(file("a", "two"), Optional.empty())))
                .containsExactly(Optional.empty());
        assertThat(row("a").orElseThrow().entry()).contains(file("a", "one"));
    }

    @Test
    void loses_a_write_after_an_old_look() {
        Version seen = writesNew(file("a", "one"));
        writes(put(file("a", "new"), Optional.of(seen)));

        assertThat(write(put(file("a", "old look"), Optional.of(seen))))
                .containsExactly(Optional.empty());
        assertThat(row("a").orElseThrow().entry()).contains(file("a", "new"));
    }

    @Test
    void loses_a_write_that_expects_a_row_where_there_is_none() {
        assertThat(write(put(file("a", "one"), Optional.of(new Version(1)))))
                .containsExactly(Optional.empty());
        assertThat(row("a")).isEmpty();
    }

    @Test
    void never_gives_a_version_twice_not_even_to_a_row_made_again() {
        Version first = writesNew(file("a", "one"));
        Version removed = writes(removal("a", first));
        commitsRows(1, "a");
        Version again = writesNew(file("a", "one"));

        assertThat(List.of(first, removed, again)).doesNotHaveDuplicates().isSorted();
        assertThat(write(removal("a", first))).containsExactly(Optional.empty());
    }

    @Test
    void judges_each_write_of_a_list_alone_and_answers_in_order() {
        Version a = writesNew(file("a", "one"));
        writesNew(file("b", "one"));

        List<Optional<Version>> versions =
                write(
                        put(file("z", "new"), Optional.empty()),
                        put(file("b", "lost"), Optional.of(a)),
                        put(file("a", "two"), Optional.of(a)));

        assertThat(versions.get(0)).isPresent();
        assertThat(versions.get(1)).isEmpty();
        assertThat(versions.get(2)).isPresent();
        assertThat(row("z").orElseThrow().version()).isEqualTo(versions.get(0).orElseThrow());
        assertThat(row("a").orElseThrow().version()).isEqualTo(versions.get(2).orElseThrow());
        assertThat(row("b").orElseThrow().entry()).contains(file("b", "one"));
    }

    @Test
    void lets_the_first_of_two_writes_to_one_path_win() {
        List<Optional<Version>> versions =
                write(
                        put(file("a", "first"), Optional.empty()),
                        put(file("a", "second"), Optional.empty()));

        assertThat(versions.getFirst()).isPresent();
        assertThat(versions.getLast()).isEmpty();
        assertThat(row("a").orElseThrow().entry()).contains(file("a", "first"));
    }

    @Test
    void writes_long_lists_in_any_order() {
        List<Entry> entries =
                new ArrayList<>(
                        IntStream.range(0, 4_500)
                                .mapToObj(i -> directory("d%05d".formatted(i)))
                                .toList());
        Collections.shuffle(entries, new Random(1));

        List<Optional<Version>> versions = get(rows().write(folder, puts(entries)));

        assertThat(versions).hasSize(4_500).doesNotContain(Optional.empty());
        List<EntryPath> some = entries.stream().map(Entry::path).toList();
        List<Row> rows = get(rows().rows(folder, some));
        assertThat(rows).hasSize(4_500);
        int last = entries.indexOf(directory("d04499"));
        assertThat(rows.getLast().version()).isEqualTo(versions.get(last).orElseThrow());
    }

    @Test
    void lets_exactly_one_of_many_writers_win() {
        Version seen = writesNew(file("a", "zero"));
        Version current = seen;
        for (int round = 0; round < 20; round++) {
            Version expected = current;
            List<Version> won =
                    get(
                            Flux.range(0, 8)
                                    .flatMap(
                                            i ->
                                                    rows().write(
                                                                    folder,
                                                                    List.of(
                                                                            put(
                                                                                    file(
                                                                                            "a",
                                                                                            "by "
                                                                                                    + i),
                                                                                    Optional.of(
                                                                                            expected)))),
                                            8)
                                    .flatMapIterable(versions -> versions)
                                    .flatMap(version -> Flux.fromStream(version::stream))
                                    .collectList());

            assertThat(won).hasSize(1);
            current = won.getFirst();
        }
    }

    // ---- Dirty

    @Test
    void marks_a_row_dirty_when_its_entry_differs_and_only_then() {
        Version version = writesNew(file("a", "one"));
        assertThat(isDirty("a")).isTrue();
        commitsRows(1, "a");
        assertThat(isDirty("a")).isFalse();

        version = writes(put(file("a", "one"), stat(file("a", "one"), 99), Optional.of(version)));
        assertThat(isDirty("a")).isFalse();
        version = writes(put(file("a", "two"), Optional.of(version)));
        assertThat(isDirty("a")).isTrue();
        version = writes(put(file("a", "two"), stat(file("a", "two"), 98), Optional.of(version)));
        assertThat(isDirty("a")).isTrue();
    }

    @Test
    void keeps_the_entry_of_a_waiting_row_and_whether_it_is_dirty() {
        Version version = writesNew(file("a", "one"));
        commitsRows(1, "a");

        writes(
                new RowWrite(
                        path("a"),
                        Optional.of(version),
                        new State.Waiting(ErrorCode.ENTRY_UNSTABLE, 1, NOON),
                        Optional.of(stat(file("a", "two"), 3)),
                        Optional.of(file("a", "one")),
                        Optional.empty()));

        assertThat(isDirty("a")).isFalse();
        assertThat(row("a").orElseThrow().entry()).contains(file("a", "one"));
    }

    @Test
    void marks_a_removal_dirty_until_it_is_committed_and_then_has_no_row() {
        writesNew(file("a", "one"));
        commitsRows(1, "a");

        writes(removal("a", row("a").orElseThrow().version()));
        assertThat(isDirty("a")).isTrue();
        commitsRows(2, "a");

        assertThat(row("a")).isEmpty();
        assertThat(dirtyRows()).isEmpty();
    }

    @Test
    void marks_the_removal_of_what_never_had_an_entry_dirty_too() {
        Version version = writes(bare("a", new State.Waiting(ErrorCode.ENTRY_UNREADABLE, 1, NOON)));
        assertThat(isDirty("a")).isFalse();

        writes(removal("a", version));

        assertThat(isDirty("a")).isTrue();
    }

    @Test
    void keeps_a_row_dirty_whose_newer_version_no_commit_took() {
        writesNew(file("a", "one"));
        Row taken = row("a").orElseThrow();
        writes(put(file("a", "two"), Optional.of(taken.version())));

        commits(draft(1, List.of(file("a", "one")), List.of(), taken(List.of(taken))));

        assertThat(isDirty("a")).isTrue();
        assertThat(get(commits().committed(folder, paths("a")))).containsExactly(file("a", "one"));
    }

    @Test
    void keeps_a_row_that_was_made_again_while_its_removal_was_committed() {
        Version version = writesNew(file("a", "one"));
        writes(removal("a", version));
        Row removed = row("a").orElseThrow();
        writes(put(file("a", "again"), Optional.of(removed.version())));

        commits(draft(1, List.of(), paths("a"), taken(List.of(removed))));

        assertThat(row("a").orElseThrow().entry()).contains(file("a", "again"));
        assertThat(isDirty("a")).isTrue();
    }

    @Test
    void lists_dirty_rows_alone() {
        Stream.of("c", "a", "b/x", "b").forEach(path -> writesNew(file(path, "text")));
        writes(bare("fifo", new State.Skipped(ErrorCode.ENTRY_UNSUPPORTED)));
        commitsRows(1, "b");

        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("a", "b/x", "c"));
        assertThat(pathsOf(get(rows().dirtyRows(folder, Optional.of(path("a")), 1))))
                .isEqualTo(paths("b/x"));
        assertThat(dirtyRows()).allMatch(Row::dirty);
    }

    private boolean isDirty(String path) {
        boolean isDirty = row(path).orElseThrow().dirty();
        assertThat(pathsOf(dirtyRows()).contains(path(path))).isEqualTo(isDirty);
        return isDirty;
    }
}
