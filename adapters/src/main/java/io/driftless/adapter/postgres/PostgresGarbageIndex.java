package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.block.BlockLocation;
import io.driftless.block.PageHash;
import io.driftless.event.Commit;
import io.driftless.path.EntryPath;
import io.driftless.port.GarbageIndex;
import io.driftless.retention.Retention;
import io.driftless.retention.Retention.Applying;
import io.driftless.retention.Retention.Standing;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Who still needs what is stored, in tables {@code pack}, {@code page}, {@code commit} and {@code
 * heard}. No statement waits for a row that a commit has: that row is in use.
 */
final class PostgresGarbageIndex implements GarbageIndex {
    private static final String HEARD =
            """
            insert into heard as h (target, folder, incarnation, seq, pending)
            select convert_from(i.target, 'UTF8'), $1, i.incarnation, i.seq, i.pending
            from unnest($2::bytea[], $3::uuid[], $4::bigint[], $5::bigint[])
                as i (target, incarnation, seq, pending)
            on conflict (target) do update
                set folder = excluded.folder, incarnation = excluded.incarnation, seq = excluded.seq,
                    pending = excluded.pending, since = now()
                where (h.folder, h.incarnation, h.seq, h.pending)
                    is distinct from (excluded.folder, excluded.incarnation, excluded.seq, excluded.pending)
            """;

    /** Without a commit no row. Commits are made in the order of their numbers. */
    private static final String STANDING =
            """
            select n.seq,
                (select seq from commit
                    where folder = $1 and made > clock_timestamp() - $2 * interval '1 microsecond'
                    order by made limit 1),
                (select min(seq) from (
                    select seq from commit where folder = $1 order by seq desc limit $3) l),
                (select incarnation from folder where number = $1)
            from (select seq from commit where folder = $1 order by seq desc limit 1) n
            """;

    private static final String TARGETS =
            """
            select target, incarnation, seq, pending,
                greatest(0, extract(epoch from clock_timestamp() - since) * 1000000)::bigint
            from heard where folder = $1
            """;

    private static final String COMMITS_BEFORE =
            """
            select body from commit c
            where folder = $1 and seq < $2
              and seq < (select n.seq from commit n where n.folder = $1 order by n.seq desc limit 1)
              and not exists (select from outbox o where o.folder = $1 and o.seq = c.seq)
            order by seq limit $3
            """;

    private static final String DROP_COMMITS =
            """
            delete from commit c
            where folder = $1 and seq = any($2)
              and seq < (select n.seq from commit n where n.folder = $1 order by n.seq desc limit 1)
              and not exists (select from outbox o where o.folder = $1 and o.seq = c.seq)
            """;

    private static final String LIVE_PAGES =
            """
            select key from page
            where key >= $1 and key < $2 and state = 1 and dropped is null
            order by key limit $3
            """;

    private static final String LIVE_PACKS =
            """
            select id from pack
            where folder = $1 and id > $2 and state = 1 and dropped is null
            order by id limit $3
            """;

    /** Below every id that is made at random. */
    private static final UUID FIRST = new UUID(0, 0);

    private final Database database;
    private final FolderNumbers folders;
    private final CommitCodec codec;
    private final int batchRows;
    private final LeaseTable leases = new LeaseTable(LeaseTable.Work.COLLECT);

    PostgresGarbageIndex(
            Database database, FolderNumbers folders, CommitCodec codec, int batchRows) {
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
    public Mono<Void> heard(FolderId folder, List<Heard> targets) {
        return folders.with(
                folder,
                key ->
                        Flux.fromIterable(targets)
                                .buffer(batchRows)
                                .concatMap(some -> database.update(heard(key, some)))
                                .then());
    }

    private static Sql heard(FolderKey key, List<Heard> targets) {
        ArrayColumn names = new ArrayColumn(Type.BYTEA);
        ArrayColumn incarnations = new ArrayColumn(Type.UUID);
        ArrayColumn seqs = new ArrayColumn(Type.BIGINT);
        ArrayColumn pending = new ArrayColumn(Type.BIGINT);
        for (Heard target : targets) {
            names.add(target.target().value().getBytes(StandardCharsets.UTF_8));
            incarnations.add(target.incarnation());
            seqs.add(target.seq());
            pending.add(target.left());
        }
        return Sql.of(HEARD, key.number(), names, incarnations, seqs, pending);
    }

    @Override
    public Mono<Optional<Standing>> standing(FolderId folder, Retention retention) {
        return folders.with(
                folder, key -> targets(key).flatMap(targets -> standing(key, retention, targets)));
    }

    private Mono<List<Applying>> targets(FolderKey folder) {
        return database.list(
                Sql.of(TARGETS, folder.number()),
                row ->
                        new Applying(
                                new TargetId(row.get(0, String.class)),
                                row.get(1, UUID.class),
                                row.number(2),
                                row.number(3),
                                Duration.of(row.number(4), ChronoUnit.MICROS)));
    }

    private Mono<Optional<Standing>> standing(
            FolderKey key, Retention retention, List<Applying> targets) {
        Sql sql =
                Sql.of(
                        STANDING,
                        key.number(),
                        retention.young().toNanos() / 1_000,
                        retention.commits());
        return database.list(
                        sql,
                        row ->
                                new Standing(
                                        row.get(3, UUID.class),
                                        row.number(0),
                                        row.find(1, Long.class),
                                        row.number(2),
                                        targets))
                .map(found -> found.stream().findFirst());
    }

    @Override
    public Mono<List<Commit>> commitsBefore(FolderId folder, long seq, int limit) {
        return folders.with(
                folder,
                key ->
                        database.list(
                                Sql.of(COMMITS_BEFORE, key.number(), seq, limit),
                                row -> codec.read().apply(row.bytes(0))));
    }

    @Override
    public Mono<Void> dropCommits(Lease lease, List<Long> seqs) {
        ArrayColumn numbers = new ArrayColumn(Type.BIGINT);
        seqs.forEach(numbers::add);
        return fenced(
                        lease,
                        1,
                        (session, key) ->
                                session.update(Sql.of(DROP_COMMITS, key.number(), numbers)))
                .then();
    }

    @Override
    public Mono<Optional<Search>> beginSearch(Lease lease) {
        return fenced(
                lease,
                1,
                (session, key) ->
                        SearchRows.begin(session, key)
                                .map(seq -> seq.map(at -> new Search(lease, at))));
    }

    @Override
    public Mono<Void> see(Search search, Set<UUID> packs, Set<PageHash> lists) {
        return folders.with(
                search.lease().folder(),
                key ->
                        Flux.concat(
                                        Flux.fromStream(() -> packs.stream().sorted())
                                                .buffer(batchRows)
                                                .map(some -> SearchRows.see(some, search.seq())),
                                        Flux.fromStream(() -> lists.stream().sorted())
                                                .buffer(batchRows)
                                                .map(some ->
                                                        SearchRows.seeLists(
                                                                key, some, search.seq())))
                                .concatMap(database::update)
                                .then());
    }

    @Override
    public Mono<Void> endSearch(Search search) {
        return fenced(
                        search.lease(),
                        SearchRows.END_STATEMENTS,
                        (session, key) -> SearchRows.end(session, key, search.seq()))
                .then();
    }

    @Override
    public Mono<Long> condemn(Lease lease, long oldestRetained, int limit) {
        return fenced(
                lease,
                GarbageRows.STATEMENTS,
                (session, key) -> GarbageRows.condemn(session, key, oldestRetained, limit));
    }

    @Override
    public Mono<Garbage> bury(Lease lease, long oldestRetained, Duration grace, int limit) {
        return fenced(
                lease,
                GarbageRows.STATEMENTS,
                (session, key) -> GarbageRows.bury(session, key, oldestRetained, grace, limit));
    }

    @Override
    public Mono<Garbage> buried(FolderId folder, Duration grace, int limit) {
        return folders.with(
                folder,
                key ->
                        database.transaction(
                                GarbageRows.STATEMENTS,
                                session -> GarbageRows.buried(session, key, grace, limit)));
    }

    @Override
    public Mono<Void> forget(Lease lease, Garbage garbage) {
        return fenced(
                        lease,
                        GarbageRows.STATEMENTS,
                        (session, key) -> GarbageRows.forget(session, key, garbage))
                .then();
    }

    @Override
    public Mono<List<PageHash>> livePages(FolderId folder, Optional<PageHash> after, int limit) {
        return folders.with(
                folder,
                key -> {
                    FolderKey.Range range = key.afterHash(after);
                    return database.list(
                            Sql.of(LIVE_PAGES, range.from(), range.to(), limit), GarbageRows::page);
                });
    }

    @Override
    public Mono<List<UUID>> livePacks(FolderId folder, Optional<UUID> after, int limit) {
        return folders.with(
                folder,
                key ->
                        database.list(
                                Sql.of(LIVE_PACKS, key.number(), after.orElse(FIRST), limit),
                                row -> row.get(0, UUID.class)));
    }

    @Override
    public Mono<List<BlockLocation>> blocksIn(FolderId folder, UUID pack) {
        return folders.with(
                folder,
                key -> database.list(GarbageRows.blocksIn(key, pack), PostgresPackIndex::location));
    }

    @Override
    public Mono<Boolean> abandon(Lease lease, UUID pack) {
        return fenced(lease, 1, (session, key) -> GarbageRows.abandon(session, key, pack));
    }

    @Override
    public Mono<Void> storeAgain(Lease lease, Collection<EntryPath> paths) {
        return Flux.fromStream(() -> paths.stream().sorted())
                .buffer(batchRows)
                .concatMap(
                        some -> fenced(lease, 2, (session, key) -> storeAgain(session, key, some)))
                .then();
    }

    private Mono<Long> storeAgain(Session session, FolderKey folder, List<EntryPath> paths) {
        return new RowLocks(session, folder, batchRows)
                .entries(paths)
                .then(GarbageRows.storeAgain(session, folder, paths));
    }

    /** In a transaction in which nobody else can take the lease. */
    private <T> Mono<T> fenced(
            Lease lease, int statements, BiFunction<Session, FolderKey, Mono<T>> work) {
        return new Fence(database, folders, leases)
                .in(lease.folder(), lease.token(), statements, work);
    }
}
