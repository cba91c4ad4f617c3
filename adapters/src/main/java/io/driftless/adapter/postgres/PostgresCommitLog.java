package io.driftless.adapter.postgres;

import io.driftless.block.PageHash;
import io.driftless.event.Commit;
import io.driftless.manifest.EntryCodec;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What was committed, in tables {@code committed}, {@code commit}, {@code outbox} and {@code
 * lease}.
 */
final class PostgresCommitLog implements CommitLog {
    private static final String NEWEST =
            "select body from commit where folder = $1 order by seq desc limit 1";

    private static final String COMMITTED =
            """
            select c.entry
            from unnest($1::bytea[]) as i (key)
            cross join lateral (
                select * from committed x where head(x.key) = head(i.key) and x.key = i.key offset 0
            ) c
            """;

    private static final String BELOW =
            """
            from committed
            where head(key) >= head($1) and key >= $1 and head(key) <= head($2) and key < $2
            """;

    private static final String COMMITTED_BELOW =
            "select entry " + BELOW + "order by head(key), key limit $3";

    private static final String LAST_BELOW =
            "select entry " + BELOW + "order by head(key) desc, key desc limit $3";

    private static final String COUNT_BELOW = "select count(*) " + BELOW;

    private static final String BEGIN_PAGES =
            """
            insert into page as p (state, key) select 0, i.key from unnest($1::bytea[]) as i (key)
            on conflict (key) do update set state = 0, since = now() where p.state <> 1
            """;

    private static final String UNSENT =
            """
            select (select c.body from commit c where c.folder = o.folder and c.seq = o.seq)
            from outbox o
            where o.folder = $1
            order by o.seq
            limit $2
            """;

    private static final String SENT = "delete from outbox where folder = $1 and seq = $2";

    private final Database database;
    private final FolderNumbers folders;
    private final LeaseTable leases = new LeaseTable(LeaseTable.Work.COMMIT);
    private final CommitCodec codec;
    private final int batchRows;

    PostgresCommitLog(Database database, FolderNumbers folders, CommitCodec codec, int batchRows) {
        this.database = database;
        this.folders = folders;
        this.codec = codec;
        this.batchRows = batchRows;
    }

    @Override
    public Mono<Optional<Lease>> lease(FolderId folder, String holder, Duration life) {
        return folders.with(
                folder,
                key ->
                        leases.take(database, key, holder, life)
                                .map(taken ->
                                        taken.map(token -> new Lease(folder, holder, token))));
    }

    @Override
    public Mono<Void> releaseLease(Lease lease) {
        return folders.with(lease.folder(), key -> leases.release(database, key, lease.token()));
    }

    @Override
    public Mono<Optional<Commit>> newest(FolderId folder) {
        return folders.with(
                folder,
                key ->
                        database.list(Sql.of(NEWEST, key.number()), this::commit)
                                .map(found -> found.stream().findFirst()));
    }

    @Override
    public Mono<List<Entry>> committed(FolderId folder, Collection<EntryPath> paths) {
        return folders.with(
                folder,
                key ->
                        Flux.fromStream(() -> paths.stream().distinct().sorted())
                                .buffer(batchRows)
                                .concatMap(some -> entries(Sql.of(COMMITTED, key.ofPaths(some))))
                                .concatMapIterable(PostgresCommitLog::inPathOrder)
                                .collectList());
    }

    private static List<Entry> inPathOrder(List<Entry> entries) {
        return entries.stream().sorted(Comparator.comparing(Entry::path)).toList();
    }

    @Override
    public Mono<List<Entry>> committedBelow(
            FolderId folder, EntryPath directory, Optional<EntryPath> after, int limit) {
        return folders.with(
                folder,
                key -> {
                    FolderKey.Range range = key.below(directory, after);
                    return entries(Sql.of(COMMITTED_BELOW, range.from(), range.to(), limit));
                });
    }

    @Override
    public Mono<List<Entry>> lastBelow(FolderId folder, EntryPath directory, int limit) {
        return folders.with(
                folder,
                key -> {
                    FolderKey.Range range = key.below(directory, Optional.empty());
                    return entries(Sql.of(LAST_BELOW, range.from(), range.to(), limit));
                });
    }

    @Override
    public Mono<Long> countBelow(FolderId folder, EntryPath directory) {
        return folders.with(
                folder,
                key -> {
                    FolderKey.Range range = key.below(directory, Optional.empty());
                    return database.list(
                                    Sql.of(COUNT_BELOW, range.from(), range.to()),
                                    row -> row.number(0))
                            .map(List::getFirst);
                });
    }

    private Mono<List<Entry>> entries(Sql sql) {
        return database.list(sql, row -> EntryCodec.decodeEntry(row.bytes(0)));
    }

    @Override
    public Mono<Void> beginPages(FolderId folder, Set<PageHash> pages) {
        return folders.with(
                folder,
                key ->
                        Flux.fromStream(() -> pages.stream().sorted())
                                .buffer(batchRows)
                                .concatMap(some ->
                                        database.update(Sql.of(BEGIN_PAGES, key.ofHashes(some))))
                                .then());
    }

    @Override
    public Mono<Optional<Refusal>> commit(Lease lease, Draft draft) {
        byte[] body = codec.write().apply(draft.commit());
        return folders.with(
                lease.folder(),
                key ->
                        new CommitTransaction(lease, draft, body, codec.read(), batchRows)
                                .run(database, key));
    }

    @Override
    public Mono<List<Commit>> unsent(FolderId folder, int limit) {
        return folders.with(
                folder, key -> database.list(Sql.of(UNSENT, key.number(), limit), this::commit));
    }

    @Override
    public Mono<Void> sent(FolderId folder, long seq) {
        return folders.with(folder, key -> database.update(Sql.of(SENT, key.number(), seq)).then());
    }

    private Commit commit(Cells row) {
        return codec.read().apply(row.bytes(0));
    }
}
