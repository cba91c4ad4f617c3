package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.manifest.BlockLists;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Taken;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.Run;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import io.driftless.tree.Version;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a folder index promises of runs, of when a folder is settled, and of large files. */
abstract class FolderIndexRunRules extends IndexRules {
    private final UUID run = UUID.randomUUID();

    // ---- Runs

    @Test
    void goes_on_with_a_run_that_began_before() {
        get(rows().beginRun(folder, run, NOON));
        does(rows().advanceRun(run, path("d/x"), 7));

        Run again = get(rows().beginRun(folder, run, NOON.plusSeconds(5)));

        assertThat(again)
                .isEqualTo(
                        new Run(
                                run,
                                folder,
                                NOON,
                                Optional.of(path("d/x")),
                                7,
                                Optional.empty(),
                                Optional.empty()));
        assertThat(get(rows().run(run))).contains(again);
        assertThat(get(rows().run(UUID.randomUUID()))).isEmpty();
    }

    @Test
    void ends_a_run_once_with_the_highest_version_given_out() {
        get(rows().beginRun(folder, run, NOON));
        Version written = writesNew(file("a", "one"));

        Run ended = get(rows().endRun(run, NOON.plusSeconds(9)));
        writesNew(file("b", "two"));

        assertThat(ended.ended()).contains(NOON.plusSeconds(9));
        assertThat(ended.endVersion().orElseThrow()).isGreaterThanOrEqualTo(written);
        does(rows().advanceRun(run, path("z"), 99));
        assertThat(get(rows().endRun(run, NOON.plusSeconds(20)))).isEqualTo(ended);
    }

    @Test
    void cannot_end_a_run_that_never_began() {
        Failures.assertFails(rows().endRun(run, NOON), ErrorCode.INVARIANT_BROKEN);
    }

    // ---- Seen

    @Test
    void is_seen_once_a_full_scan_ended_and_all_that_it_found_is_committed() {
        writesNew(file("a", "one"));
        assertThat(get(rows().isSeen(folder))).isFalse();
        get(rows().beginRun(folder, run, NOON));
        commitsRows(1, "a");
        assertThat(get(rows().isSeen(folder))).isFalse();
        writesNew(file("b", "two"));

        get(rows().endRun(run, NOON.plusSeconds(9)));

        assertThat(get(rows().isSeen(folder))).isFalse();
        commitsRows(2, "b");
        assertThat(get(rows().isSeen(folder))).isTrue();
        writesNew(file("c", "three"));
        get(rows().beginRun(folder, UUID.randomUUID(), NOON));
        assertThat(get(rows().isSeen(folder))).isTrue();
    }

    /** What may never be read must not keep a folder from ever being seen. */
    @Test
    void is_not_seen_while_large_files_are_to_be_read_but_without_what_cannot_be() {
        get(rows().beginRun(folder, run, NOON));
        writes(bare("unreadable", new State.Waiting(ErrorCode.ENTRY_UNREADABLE, 1, NOON)));
        Version large = writes(bare("large", new State.Waiting(ErrorCode.LARGE_PENDING, 1, NOON)));
        get(rows().endRun(run, NOON));
        assertThat(get(rows().isSeen(folder))).isFalse();

        writes(put(file("large", "one"), Optional.of(large)));
        commitsRows(1, "large");

        assertThat(get(rows().isSeen(folder))).isTrue();
    }

    // ---- Settled

    @Test
    void is_settled_when_everything_up_to_a_version_is_committed() {
        Version version = writesNew(file("a", "one"));
        assertThat(isSettled(version)).isFalse();
        assertThat(isSettled(new Version(version.value() - 1))).isTrue();

        commitsRows(1, "a");

        assertThat(isSettled(version)).isTrue();
        Version later = writesNew(file("b", "two"));
        assertThat(isSettled(version)).isTrue();
        assertThat(isSettled(later)).isFalse();
    }

    @Test
    void is_not_settled_by_writing_a_dirty_row_again() {
        Version first = writesNew(file("a", "one"));
        Version second = writes(put(file("a", "two"), Optional.of(first)));
        writes(put(file("a", "two"), stat(file("a", "two"), 77), Optional.of(second)));

        assertThat(isSettled(first)).isFalse();
    }

    @Test
    void is_settled_up_to_the_version_that_was_taken_although_the_row_is_newer() {
        Version first = writesNew(file("a", "one"));
        Version second = writes(put(file("a", "two"), Optional.of(first)));

        commits(
                draft(
                        1,
                        List.of(file("a", "one")),
                        List.of(),
                        List.of(new Taken(path("a"), first))));

        assertThat(isSettled(first)).isTrue();
        assertThat(isSettled(second)).isFalse();
        assertThat(pathsOf(dirtyRows())).isEqualTo(paths("a"));
    }

    @Test
    void is_not_settled_while_a_row_waits() {
        Version version = writes(bare("a", new State.Waiting(ErrorCode.ENTRY_UNSTABLE, 1, NOON)));
        assertThat(isSettled(version)).isFalse();

        Version skipped =
                writes(
                        new RowWrite(
                                path("a"),
                                Optional.of(version),
                                new State.Skipped(ErrorCode.ENTRY_UNSUPPORTED),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()));

        assertThat(isSettled(skipped)).isTrue();
    }

    @Test
    void is_not_settled_by_trying_a_waiting_row_again() {
        State pending = new State.Waiting(ErrorCode.LARGE_PENDING, 1, NOON);
        Version first = writes(bare("a", pending));
        RowWrite again =
                new RowWrite(
                        path("a"),
                        Optional.of(first),
                        pending,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        assertThat(writes(again)).isGreaterThan(first);

        assertThat(isSettled(first)).isFalse();
    }

    private boolean isSettled(Version through) {
        return get(rows().isSettled(folder, through));
    }

    // ---- Lists of blocks

    @Test
    void keeps_the_list_of_blocks_that_an_entry_does_not_hold() {
        List<BlockRef> blocks = blocks(0, 40);
        Entry large = large("large", blocks);

        writes(put(large, blocks));

        Content content = ((Entry.FileEntry) large).content();
        assertThat(content.blocks()).isInstanceOf(Content.Blocks.Listed.class);
        assertThat(get(rows().blocksOf(folder, content.id()))).isEqualTo(blocks);
        assertThat(row("large").orElseThrow().entry()).contains(large);
    }

    @Test
    void wants_the_list_exactly_where_the_entry_does_not_hold_it() {
        RowWrite without = put(large("large", blocks(0, 40)), Optional.empty());
        Failures.assertFails(rows().write(folder, List.of(without)), ErrorCode.INVARIANT_BROKEN);

        RowWrite needless = put(file("small", "text"), blocks(0, 1));
        Failures.assertFails(rows().write(folder, List.of(needless)), ErrorCode.INVARIANT_BROKEN);
    }

    @Test
    void wants_no_list_for_a_row_that_waits_and_keeps_its_entry() {
        List<BlockRef> blocks = blocks(0, 40);
        Entry large = large("large", blocks);
        Version known = writes(put(large, blocks));

        Version waiting = writes(waiting(large, known));

        assertThat(waiting).isGreaterThan(known);
        assertThat(row("large").orElseThrow().entry()).contains(large);
        ContentId content = ((Entry.FileEntry) large).content().id();
        assertThat(get(rows().blocksOf(folder, content))).isEqualTo(blocks);
    }

    private static RowWrite waiting(Entry entry, Version expected) {
        return new RowWrite(
                entry.path(),
                Optional.of(expected),
                new State.Waiting(ErrorCode.LARGE_PENDING, 1, Instant.EPOCH),
                Optional.empty(),
                Optional.of(entry),
                Optional.empty());
    }

    @Test
    void misses_the_list_of_a_content_that_nobody_wrote() {
        Failures.assertFails(
                rows().blocksOf(folder, Sha256.content(blocks(0, 50))), ErrorCode.BLOCK_MISSING);
    }

    // ---- Progress

    @Test
    void remembers_how_far_a_large_file_came_while_its_tuple_stays() {
        Stat stat = stat(file("large", "text"), 1);
        assertThat(progress(stat)).isEmpty();

        does(rows().saveProgress(folder, path("large"), stat, blocks(0, 30)));
        assertThat(progress(stat)).isEqualTo(blocks(0, 30));
        does(rows().saveProgress(folder, path("large"), stat, blocks(0, 50)));
        assertThat(progress(stat)).isEqualTo(blocks(0, 50));
        does(rows().saveProgress(folder, path("large"), stat, blocks(0, 51)));
        assertThat(progress(stat)).isEqualTo(blocks(0, 51));

        assertThat(progress(stat(file("large", "text"), 2))).isEmpty();
    }

    @Test
    void begins_progress_anew_with_another_tuple_or_other_blocks() {
        Stat stat = stat(file("large", "text"), 1);
        does(rows().saveProgress(folder, path("large"), stat, blocks(0, 30)));
        does(rows().saveProgress(folder, path("large"), stat, blocks(0, 40)));

        does(rows().saveProgress(folder, path("large"), stat, blocks(100, 45)));
        assertThat(progress(stat)).isEqualTo(blocks(100, 45));

        Stat next = stat(file("large", "text"), 2);
        does(rows().saveProgress(folder, path("large"), next, blocks(100, 50)));
        assertThat(progress(stat)).isEmpty();
        assertThat(progress(next)).isEqualTo(blocks(100, 50));
    }

    @Test
    void forgets_progress_when_the_file_is_done_or_gone() {
        List<BlockRef> blocks = blocks(0, 40);
        Stat stat = stat(file("large", "text"), 1);
        does(rows().saveProgress(folder, path("large"), stat, blocks));
        Version version = writes(put(large("large", blocks), blocks));
        assertThat(progress(stat)).isEmpty();

        does(rows().saveProgress(folder, path("large"), stat, blocks));
        writes(removal("large", version));
        assertThat(progress(stat)).isEmpty();
    }

    private List<BlockRef> progress(Stat stat) {
        return get(rows().progress(folder, path("large"), stat));
    }

    private static RowWrite put(Entry entry, List<BlockRef> blocks) {
        return new RowWrite(
                entry.path(),
                Optional.empty(),
                new State.Ok(),
                Optional.of(stat(entry, 5)),
                Optional.of(entry),
                Optional.of(blocks));
    }

    private static Entry large(String path, List<BlockRef> blocks) {
        return new Entry.FileEntry(
                path(path), file("f", "").metadata(), BlockLists.contentOf(blocks));
    }

    /** Of a size that makes a file of forty of them a large one. */
    private static List<BlockRef> blocks(int begin, int count) {
        return IntStream.range(begin, begin + count)
                .mapToObj(i -> new BlockRef(Sha256.block(new byte[] {(byte) i, 7}), 1 << 20))
                .toList();
    }

    @Test
    void takes_a_sample_of_what_is_well() {
        writesNew(directory(EntryPath.ROOT));
        for (int i = 0; i < 10; i++) {
            writesNew(file("f" + i, "x"));
        }
        writes(removal("f0", row("f0").orElseThrow().version()));
        write(bare("waiting", new State.Waiting(ErrorCode.ENTRY_UNSTABLE, 1, NOON)));

        assertThat(get(rows().sample(folder, 4))).hasSize(4);
        assertThat(pathsOf(get(rows().sample(folder, ALL))))
                .containsExactlyInAnyOrderElementsOf(
                        paths("f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"));
    }

    @Test
    void keeps_what_is_a_mount_point() {
        EntryPath deep = path("d/" + "n".repeat(255) + "/x");
        does(rows().keepMounts(folder, Set.of(path("a"), deep), Set.of()));
        does(rows().keepMounts(folder, Set.of(path("a"), path("b")), Set.of(deep, path("c"))));
        assertThat(get(rows().mounts(folder))).containsExactlyInAnyOrder(path("a"), path("b"));

        does(rows().keepMounts(folder, Set.of(), Set.of(path("a"), path("b"))));
        assertThat(get(rows().mounts(folder))).isEmpty();
    }
}
