package io.driftless.adapter.postgres;

import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.EntryCodec;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex;
import io.driftless.tree.FolderId;
import io.driftless.tree.Stat;
import io.driftless.tree.Version;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** What was observed: each group of calls has its table. */
final class PostgresFolderIndex implements FolderIndex {
    /** What a sequence gave out is told at once, of a transaction that goes on as well. */
    static final String LATEST =
            "select case when is_called then last_value else 0 end from version";

    private static final String BLOCKS_OF = "select blocks from content where key = $1";

    /** Reads the whole table, which is asked for only where a root is in doubt. */
    private static final String SAMPLE =
            """
            select %s
            from entry e
            where folder_of(e.key) = $1 and e.key <> $1 and e.state = 0
            order by random()
            limit $2
            """
                    .formatted(RowColumns.SELECTED);

    private static final String MOUNTS = "select key from mount where folder_of(key) = $1";

    private static final String KEEP_MOUNTS =
            """
            with dropped as (
                delete from mount m using unnest($2::bytea[]) as u (key) where head(m.key) = head(u.key) and m.key = u.key
            )
            insert into mount (key) select key from unnest($1::bytea[]) as n (key)
            on conflict (head(key), tail(key)) do nothing
            """;

    private final Database database;
    private final FolderNumbers folders;
    private final int batchRows;
    private final EntryTable entries;
    private final UnsettledRows unsettled;
    private final RunTable runs;
    private final ProgressTable progress;

    PostgresFolderIndex(Database database, FolderNumbers folders, int batchRows) {
        this.database = database;
        this.folders = folders;
        this.batchRows = batchRows;
        this.entries = new EntryTable(database, batchRows);
        this.unsettled = new UnsettledRows(database);
        this.runs = new RunTable(database, folders);
        this.progress = new ProgressTable(database);
    }

    @Override
    public Mono<List<Row>> sample(FolderId folder, int count) {
        return folders.with(
                folder, key -> database.list(Sql.of(SAMPLE, key.prefix(), count), RowColumns::row));
    }

    @Override
    public Mono<Set<EntryPath>> mounts(FolderId folder) {
        return folders.with(
                folder,
                key ->
                        database.list(
                                        Sql.of(MOUNTS, key.prefix()),
                                        row -> FolderKey.path(row.bytes(0)))
                                .map(Set::copyOf));
    }

    @Override
    public Mono<Void> keepMounts(
            FolderId folder, Set<EntryPath> mounted, Set<EntryPath> unmounted) {
        return folders.with(
                folder,
                key ->
                        database.update(
                                        Sql.of(
                                                KEEP_MOUNTS,
                                                key.ofPaths(mounted.stream().sorted().toList()),
                                                key.ofPaths(unmounted.stream().sorted().toList())))
                                .then());
    }

    @Override
    public Mono<Folder> open(FolderId folder, UUID incarnationIfNew) {
        return folders.open(folder, incarnationIfNew);
    }

    @Override
    public Mono<List<Row>> rows(FolderId folder, Collection<EntryPath> paths) {
        return folders.with(folder, key -> entries.ofPaths(key, paths));
    }

    @Override
    public Mono<List<Row>> rowsBelow(
            FolderId folder,
            EntryPath directory,
            EntryPath after,
            Optional<EntryPath> through,
            int limit) {
        return folders.with(folder, key -> entries.below(key, directory, after, through, limit));
    }

    @Override
    public Mono<List<Row>> children(
            FolderId folder, EntryPath directory, Optional<EntryPath> after, int limit) {
        return folders.with(folder, key -> entries.children(key, directory, after, limit));
    }

    @Override
    public Mono<List<Row>> rowsOfInodes(FolderId folder, Collection<Inode> inodes) {
        return folders.with(folder, key -> entries.ofInodes(key, inodes));
    }

    @Override
    public Mono<Version> latest() {
        return database.list(Sql.of(LATEST), row -> new Version(row.number(0))).map(List::getFirst);
    }

    @Override
    public Mono<List<Optional<Version>>> write(
            FolderId folder, List<RowWrite> writes, Version began) {
        RowWriter writer = new RowWriter(writes, began, batchRows);
        return folders.with(folder, key -> writer.write(database, key));
    }

    @Override
    public Mono<List<BlockRef>> blocksOf(FolderId folder, ContentId content) {
        return folders.with(
                        folder,
                        key ->
                                database.list(
                                        Sql.of(BLOCKS_OF, key.of(content)),
                                        row -> EntryCodec.decodeBlocks(row.bytes(0))))
                .map(found -> found.stream().findFirst().orElseThrow(() -> noBlocks(content)));
    }

    private static SyncException noBlocks(ContentId content) {
        return new SyncException(
                ErrorCode.BLOCK_MISSING, "No list of blocks is kept for content " + content + ".");
    }

    @Override
    public Mono<List<Row>> dirtyRows(FolderId folder, Optional<EntryPath> after, int limit) {
        return folders.with(folder, key -> entries.dirty(key, after, limit));
    }

    @Override
    public Mono<List<Row>> dueRows(FolderId folder, Instant dueBy, int limit) {
        return folders.with(folder, key -> unsettled.due(key, false, dueBy, limit));
    }

    @Override
    public Mono<List<Row>> dueLargeRows(FolderId folder, Instant dueBy, int limit) {
        return folders.with(folder, key -> unsettled.due(key, true, dueBy, limit));
    }

    @Override
    public Mono<List<Tally>> tally(FolderId folder) {
        return folders.with(folder, unsettled::tally);
    }

    @Override
    public Mono<Boolean> isSettled(FolderId folder, Version through) {
        return folders.with(folder, key -> unsettled.isSettled(key, through));
    }

    @Override
    public Mono<Boolean> isSeen(FolderId folder) {
        return folders.with(folder, unsettled::isSeen);
    }

    @Override
    public Mono<Run> beginRun(FolderId folder, UUID run, Instant now) {
        return runs.begin(folder, run, now);
    }

    @Override
    public Mono<Void> advanceRun(UUID run, EntryPath cursor, long looked) {
        return runs.advance(run, cursor, looked);
    }

    @Override
    public Mono<Run> endRun(UUID run, Instant now) {
        return runs.end(run, now);
    }

    @Override
    public Mono<Optional<Run>> run(UUID run) {
        return runs.find(run);
    }

    @Override
    public Mono<Void> saveProgress(
            FolderId folder, EntryPath path, Stat stat, List<BlockRef> blocks) {
        return folders.with(folder, key -> progress.save(key.of(path), stat, blocks));
    }

    @Override
    public Mono<List<BlockRef>> progress(FolderId folder, EntryPath path, Stat stat) {
        return folders.with(folder, key -> progress.find(key.of(path), stat));
    }
}
