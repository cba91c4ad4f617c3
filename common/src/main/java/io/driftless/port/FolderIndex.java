package io.driftless.port;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Stat;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Mono;

/**
 * What was observed at the source: one row a path. A row is written only by whoever read its
 * version before looking, so an old look never replaces a newer one. Every list may be long;
 * adapters write in batches. Failures: {@code DEPENDENCY_UNAVAILABLE} for whatever may pass.
 */
public interface FolderIndex {
    /** The folder's record, made with this incarnation where it does not exist. */
    Mono<Folder> open(FolderId folder, UUID incarnationIfNew);

    record Folder(FolderId id, UUID incarnation) {}

    /** The rows of these paths; paths without a row are left out. */
    Mono<List<Row>> rows(FolderId folder, Collection<EntryPath> paths);

    /**
     * The rows below a directory after {@code after} up to and with {@code through}, in path order;
     * without {@code through} to the end of what is below it.
     */
    Mono<List<Row>> rowsBelow(
            FolderId folder,
            EntryPath directory,
            EntryPath after,
            Optional<EntryPath> through,
            int limit);

    /** The rows directly in a directory, in path order, after {@code after}. */
    Mono<List<Row>> children(
            FolderId folder, EntryPath directory, Optional<EntryPath> after, int limit);

    /** The rows that were last seen with one of these inodes. */
    Mono<List<Row>> rowsOfInodes(FolderId folder, Collection<Inode> inodes);

    record Inode(long device, long number) {}

    /** The highest version given out so far, of whatever folder; 0 where there was none. */
    Mono<Version> latest();

    /**
     * Writes rows and marks them dirty where the entry differs from the row's entry before (a
     * change of stat or state alone leaves the flag as it was). Each write is judged alone: lost
     * where the row is no longer at the version expected, and where there was none and somebody
     * found the path gone since the look began, also if no row tells of that any more. That is
     * remembered for an hour. All writes that are not lost become durable together.
     *
     * @param began {@link #latest} before looking; it counts for paths without a row
     * @return in order, the new version, or empty where the write was lost
     */
    Mono<List<Optional<Version>>> write(FolderId folder, List<RowWrite> writes, Version began);

    /** The same of looks that begin only now. */
    default Mono<List<Optional<Version>>> write(FolderId folder, List<RowWrite> writes) {
        return latest().flatMap(began -> write(folder, writes, began));
    }

    /**
     * The list of blocks of a content whose entry does not hold them inline; written by {@link
     * #write}. {@code BLOCK_MISSING} where none was.
     */
    Mono<List<BlockRef>> blocksOf(FolderId folder, ContentId content);

    /** All blocks of a content, wherever their list is. */
    default Mono<List<BlockRef>> blocksOf(FolderId folder, Content content) {
        return switch (content.blocks()) {
            case Content.Blocks.Inline(var refs) -> Mono.just(refs);
            case Content.Blocks.Listed _ -> blocksOf(folder, content.id());
        };
    }

    /** Rows marked dirty, in path order after {@code after}. */
    Mono<List<Row>> dirtyRows(FolderId folder, Optional<EntryPath> after, int limit);

    /** No row waits longer: one whose time is further off got it of a clock that was wrong. */
    Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /**
     * Rows that wait, for whatever but to be read as a large file, and are due by {@code dueBy} or
     * later than {@link #LONGEST_WAIT} after it; the oldest due first.
     */
    Mono<List<Row>> dueRows(FolderId folder, Instant dueBy, int limit);

    /** The rows that wait with {@code LARGE_PENDING}, which stay so for long, in the same order. */
    Mono<List<Row>> dueLargeRows(FolderId folder, Instant dueBy, int limit);

    /**
     * What is not carried over as it is, for people: how many rows are in each state but OK and
     * REMOVED, by its code, and as {@code HARD_LINKED} how many groups of files are one at the
     * source, with the first name of some.
     */
    Mono<List<Tally>> tally(FolderId folder);

    record Tally(ErrorCode code, long rows, List<EntryPath> examples) {}

    /**
     * One row.
     *
     * @param stat the stat of the last look; empty for removed rows
     * @param entry what the path should be in the next commit; empty for removed rows, and where it
     *     never was readable
     * @param dirty true until a commit took this version
     */
    record Row(
            EntryPath path,
            Version version,
            State state,
            Optional<Stat> stat,
            Optional<Entry> entry,
            boolean dirty) {}

    /**
     * What the last look concluded.
     *
     * <p>A row that is {@code Waiting} or {@code Skipped} keeps the entry it had: the folder keeps
     * the last good state of that path.
     */
    sealed interface State {
        record Ok() implements State {}

        record Removed() implements State {}

        /** Not settled; look again at {@code due}. */
        record Waiting(ErrorCode code, int tries, Instant due) implements State {}

        /** Left out on purpose, said out loud. */
        record Skipped(ErrorCode code) implements State {}
    }

    /**
     * A row to be written.
     *
     * @param expected the version read before looking; empty where there was no row
     * @param blocks the whole list, exactly where the state is {@code Ok} and the entry is a file
     *     with listed blocks; a row that waits keeps an entry whose list is kept already
     */
    record RowWrite(
            EntryPath path,
            Optional<Version> expected,
            State state,
            Optional<Stat> stat,
            Optional<Entry> entry,
            Optional<List<BlockRef>> blocks) {}

    /**
     * Some of the rows that are OK, the root's aside, at random; all of them where they are few.
     */
    Mono<List<Row>> sample(FolderId folder, int count);

    /** Directories of the source that were last seen to be mount points. */
    Mono<Set<EntryPath>> mounts(FolderId folder);

    /** Says that directories are mount points, and others are not any more. */
    Mono<Void> keepMounts(FolderId folder, Set<EntryPath> mounted, Set<EntryPath> unmounted);

    /** Begins a source run, or gives back the unfinished one of this id. */
    Mono<Run> beginRun(FolderId folder, UUID run, Instant now);

    /** Remembers how far the walk came, so that it can go on from there. */
    Mono<Void> advanceRun(UUID run, EntryPath cursor, long looked);

    /** Ends the run. {@code Run.endVersion} is then the highest version given out so far. */
    Mono<Run> endRun(UUID run, Instant now);

    Mono<Optional<Run>> run(UUID run);

    /**
     * True where all that was known at this version is committed: no row is dirty since this
     * version or an earlier one, and none waits. A row that is written again while it is dirty
     * stays dirty since then. A row that waits has its version from its last try, which says
     * nothing of when the wait began, so each one counts.
     */
    Mono<Boolean> isSettled(FolderId folder, Version through);

    /**
     * True once a full scan ended and all that it found is committed, large files that were still
     * to be read among it. What waits for another reason, as a file that may not be read, does not
     * count.
     */
    Mono<Boolean> isSeen(FolderId folder);

    /**
     * One full scan of the source.
     *
     * @param looked entries looked at so far
     * @param endVersion what was known when it ended; empty while it runs
     */
    record Run(
            UUID id,
            FolderId folder,
            Instant began,
            Optional<EntryPath> cursor,
            long looked,
            Optional<Instant> ended,
            Optional<Version> endVersion) {}

    /** Remembers how far the cutting of a large file came. */
    Mono<Void> saveProgress(FolderId folder, EntryPath path, Stat stat, List<BlockRef> blocks);

    /** The blocks cut so far, where the file still has this tuple; else none. */
    Mono<List<BlockRef>> progress(FolderId folder, EntryPath path, Stat stat);
}
