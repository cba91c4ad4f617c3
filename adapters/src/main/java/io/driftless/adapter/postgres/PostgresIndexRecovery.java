package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.event.Commit;
import io.driftless.manifest.EntryCodec;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.IndexRecovery;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What brings the tables of a folder back from the store. */
final class PostgresIndexRecovery implements IndexRecovery {
    private static final String KNOWN = "select incarnation, begun from folder where number = $1";

    /**
     * A row that differs gets a new version: whoever writes it at this moment loses and looks
     * again. What is not in the input is not committed. Rows are compared as they were before the
     * statement, so those that it adds are not among those that differ.
     */
    private static final String RESTORE =
            """
            with input as materialized (
                select * from unnest($3::bytea[], $4::smallint[], $5::bytea[]) as i (key, depth, entry)
            ), dropped as (
                delete from committed c
                where head(c.key) >= head($1) and c.key >= $1 and head(c.key) <= head($2) and c.key < $2
                  and c.key <> all ($3::bytea[])
            ), put as (
                insert into committed (key, entry) select key, entry from input
                on conflict (head(key), tail(key)) do update set entry = excluded.entry
            ), seeded as (
                insert into entry (version, depth, state, key, entry)
                select nextval('version'), depth, 0, key, entry from input
                on conflict (head(key), tail(key)) do nothing
            ), differing as (
                update entry e
                set version = nextval('version')
                from (
                    select x.ctid as place, x.version
                    from entry x
                    left join input i on i.key = x.key
                    where head(x.key) >= head($1) and x.key >= $1 and head(x.key) <= head($2) and x.key < $2
                      and x.entry is distinct from i.entry
                      and (select true from parked p where head(p.key) = head(x.key) and p.key = x.key) is null
                      and (select true from dirty d where head(d.key) = head(x.key) and d.key = x.key) is null
                ) b
                where e.ctid = b.place and e.version = b.version
                returning e.key, e.version, b.version as since, e.state = 1 as removed
            ), reminded as (
                insert into dirty (version, since, removed, key)
                select version, since, removed, key from differing
                on conflict (head(key), tail(key))
                    do update set version = excluded.version, removed = excluded.removed
            ), listed as (
                insert into content (key, blocks)
                select l.key, l.blocks from unnest($6::bytea[], $7::bytea[]) as l (key, blocks)
                on conflict (key) do nothing
            )
            insert into page as p (state, listed, key)
            select 1, k.key = any($9::bytea[]), k.key from unnest($8::bytea[]) as k (key)
            on conflict (key) do update
                set state = 1, listed = excluded.listed, dropped = null,
                    since = case when p.state = 1 then p.since else now() end
            """;

    private static final String RESTORE_COMMIT =
            "insert into commit (folder, seq, body) values ($1, $2, $3) on conflict do nothing";

    private static final String FORGET =
            """
            with searched as (
                delete from search where folder = $1
            ), packs as (
                update pack set needed = 0 where folder = $1 and needed > 0
            ), lists as (
                update page set needed = 0 where key >= $2 and key < $3 and listed and needed > 0
            ), forgotten as (
                delete from commit where folder = $1
            ), unsent as (
                delete from outbox where folder = $1
            )
            update page set dropped = 0
            where key >= $2 and key < $3 and state = 1 and dropped is null and not listed
            """;

    private static final String KEEP =
            """
            with packs as (
                update pack set since = now() where folder = $1 and state in (0, 2)
            )
            update page set since = now() where key >= $2 and key < $3 and state in (0, 2)
            """;

    private static final String ADOPT =
            """
            with adopted as (
                insert into pack as p (id, folder, state, size_bytes) values ($2, $1, 1, $3)
                on conflict (id) do update
                    set state = 1, dropped = null, since = case when p.state = 1 then p.since else now() end
                    where p.state <> 3
                returning id
            )
            insert into block as b (pack, offset_bytes, stored_bytes, plain_bytes, codec, key)
            select a.id, i.offset_bytes, i.stored_bytes, i.plain_bytes, i.codec, i.key
            from adopted a,
            """
                    + FinishedPack.PLACING;

    private static final String BEGIN =
            "update folder set incarnation = $2, begun = true where number = $1";

    private final Database database;
    private final FolderNumbers folders;
    private final CommitCodec codec;
    private final int batchRows;
    private final LeaseTable leases = new LeaseTable(LeaseTable.Work.COMMIT);

    PostgresIndexRecovery(
            Database database, FolderNumbers folders, CommitCodec codec, int batchRows) {
        this.batchRows = batchRows;
        this.database = database;
        this.folders = folders;
        this.codec = codec;
    }

    @Override
    public Mono<Known> known(FolderId folder) {
        return folders.with(
                folder,
                key ->
                        database.list(
                                        Sql.of(KNOWN, key.number()),
                                        row -> new Known(row.get(0, UUID.class), row.is(1)))
                                .map(List::getFirst));
    }

    @Override
    public Mono<Void> restore(Lease lease, Span span) {
        return held(lease, 1, (session, key) -> session.update(restore(key, span)));
    }

    private static Sql restore(FolderKey folder, Span span) {
        FolderKey.Range range = folder.between(span.after(), span.through());
        ArrayColumn keys = new ArrayColumn(Type.BYTEA);
        ArrayColumn depths = new ArrayColumn(Type.SMALLINT);
        ArrayColumn entries = new ArrayColumn(Type.BYTEA);
        for (Entry entry : span.entries()) {
            keys.add(folder.of(entry.path()));
            depths.add(entry.path().depth());
            entries.add(EntryCodec.encode(entry));
        }
        ArrayColumn contents = new ArrayColumn(Type.BYTEA);
        ArrayColumn blocks = new ArrayColumn(Type.BYTEA);
        for (Map.Entry<ContentId, List<BlockRef>> one : new TreeMap<>(span.contents()).entrySet()) {
            contents.add(folder.of(one.getKey()));
            blocks.add(EntryCodec.encode(one.getValue()));
        }
        Set<PageHash> pages = new HashSet<>(span.manifest());
        pages.addAll(span.lists());
        return Sql.of(
                RESTORE,
                range.from(),
                range.to(),
                keys,
                depths,
                entries,
                contents,
                blocks,
                folder.ofHashes(pages.stream().sorted().toList()),
                folder.ofHashes(span.lists()));
    }

    @Override
    public Mono<Void> restoreMounts(Lease lease, Set<EntryPath> mounts) {
        return folders.with(
                        lease.folder(),
                        key -> new RestoredMounts(key, mounts, batchRows).statements(database))
                .flatMap(statements ->
                        held(
                                lease,
                                statements,
                                (session, key) ->
                                        new RestoredMounts(key, mounts, batchRows)
                                                .replace(session)));
    }

    @Override
    public Mono<Void> beginRestore(Lease lease) {
        return held(
                lease,
                1,
                (session, key) -> {
                    FolderKey.Range all = key.afterHash(Optional.empty());
                    return session.update(Sql.of(KEEP, key.number(), all.from(), all.to()));
                });
    }

    @Override
    public Mono<Void> adopt(Lease lease, UUID pack, List<BlockLocation> blocks) {
        return held(
                lease,
                1 + blocks.size() / batchRows,
                (session, key) ->
                        Flux.fromIterable(FinishedPack.batches(blocks, batchRows))
                                .concatMap(some ->
                                        session.update(
                                                FinishedPack.placing(ADOPT, key, pack, some)))
                                .reduce(0L, Long::sum));
    }

    @Override
    public Mono<Void> restoreCommits(Lease lease, List<Commit> commits) {
        return held(
                lease,
                commits.size(),
                (session, key) ->
                        Flux.fromIterable(commits)
                                .concatMap(commit ->
                                        session.update(
                                                Sql.of(
                                                        RESTORE_COMMIT,
                                                        key.number(),
                                                        commit.seq(),
                                                        codec.write().apply(commit))))
                                .reduce(0L, Long::sum));
    }

    @Override
    public Mono<Void> forgetCommits(Lease lease) {
        return held(
                lease,
                1,
                (session, key) -> {
                    FolderKey.Range all = key.afterHash(Optional.empty());
                    return session.update(Sql.of(FORGET, key.number(), all.from(), all.to()));
                });
    }

    @Override
    public Mono<Void> begin(Lease lease, UUID incarnation) {
        return held(
                lease,
                1,
                (session, key) -> session.update(Sql.of(BEGIN, key.number(), incarnation)));
    }

    private Mono<Void> held(
            Lease lease, int statements, BiFunction<Session, FolderKey, Mono<Long>> work) {
        return new Fence(database, folders, leases)
                .in(lease.folder(), lease.token(), statements, work)
                .then();
    }
}
