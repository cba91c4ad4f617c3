package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Removal;
import io.driftless.guard.RemovalGuard.Window;
import io.driftless.guard.Standing;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.port.ParkedRemovals;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What waits for a person, in tables {@code parked_set}, {@code parked} and {@code loss}. */
final class PostgresParkedRemovals implements ParkedRemovals {
    private static final int MAX_EXAMPLES = 10;
    private static final int RELEASED_ROWS = 20_000;
    private static final byte[] BEFORE_ALL = new byte[0];

    /** Longer than any window. */
    private static final String FORGET =
            "delete from loss where folder = $1 and made < now() - interval '2 days'";

    private static final String WINDOW =
            """
            select
                (select coalesce(sum(removals), 0)::bigint from loss
                 where folder = $1 and made > now() - $2 * interval '1 microsecond')
                + (select coalesce(sum(weight), 0)::bigint from parked_set
                   where folder = $1 and decided is null and joined > now() - $2 * interval '1 microsecond'),
                (select coalesce(max(entries), 0) from loss
                 where folder = $1 and made > now() - $2 * interval '1 microsecond'),
                exists (select from parked_set where folder = $1)
            """;

    private static final String COUNT =
            """
            insert into loss (folder, seq, entries, removals) values ($1, $2, $3, $4)
            on conflict (folder, seq) do update
                set made = now(), entries = excluded.entries, removals = excluded.removals
            """;

    private static final String STANDINGS =
            """
            select p.key, s.approval, s.decided
            from unnest($1::bytea[]) as i (key)
            cross join lateral (
                select x.key, x.set from parked x where head(x.key) = head(i.key) and x.key = i.key offset 0
            ) p
            cross join lateral (select * from parked_set x where x.id = p.set offset 0) s
            """;

    private static final String KEPT_BELOW =
            """
            select p.key, s.approval, s.decided
            from parked p
            join parked_set s on s.id = p.set
            where head(p.key) >= head($1) and p.key >= $1 and head(p.key) <= head($2) and p.key < $2
              and s.decided is distinct from true
            order by head(p.key), p.key
            limit 1
            """;

    private static final String OPEN =
            """
            select id, approval from parked_set
            where folder = $1 and decided is null and opened > now() - $2 * interval '1 microsecond'
            order by id desc
            limit 1
            """;

    private static final String MEMBERS = "select key, version from parked where set = $1 limit $2";

    private static final String SETS =
            """
            select s.approval, s.decided, s.weight, s.opened, p.key, s.total
            from (
                select *, (select count(*) from parked where set = parked_set.id) as total
                from parked_set where folder = $1 offset 0
            ) s
            cross join lateral (
                select key from parked where set = s.id order by head(key), key limit $2
            ) p
            order by s.opened, s.id, p.key
            """;

    private static final String FIND =
            """
            select s.id, s.joined, coalesce(s.decided::integer, -1), (select count(*) from parked p where p.set = s.id)
            from parked_set s
            where s.folder = $1 and s.approval = $2
            """;

    /** Not where it took in more meanwhile, of which nothing is released, or was decided on. */
    private static final String DECIDE =
            """
            update parked_set set decided = $2
            where id = $1 and approval = $3 and joined = $4 and coalesce(decided::integer, -1) = $5
            """;

    /** Some rows, and the last of them; locked in path order, as whoever writes rows does. */
    private static final String RELEASE =
            """
            with members as materialized (
                select key from parked
                where set = $1 and head(key) >= head($2) and key > $2
                order by head(key), key
                limit $3
            ), held as materialized (
                select e.key, e.version, e.state
                from members p
                cross join lateral (
                    select * from entry x where head(x.key) = head(p.key) and x.key = p.key for update
                ) e
            ), released as (
                insert into dirty (version, since, removed, key)
                select version, version, state = 1, key from held
                on conflict (head(key), tail(key)) do nothing
            )
            select key from members order by head(key) desc, key desc limit 1
            """;

    private final Database database;
    private final FolderNumbers folders;
    private final int batchRows;

    PostgresParkedRemovals(Database database, FolderNumbers folders, int batchRows) {
        this.database = database;
        this.folders = folders;
        this.batchRows = batchRows;
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }

    @Override
    public Mono<Window> window(FolderId folder, Duration length) {
        return folders.with(
                folder,
                key ->
                        database.list(
                                        Sql.of(WINDOW, key.number(), micros(length)),
                                        row -> new Window(row.number(0), row.number(1), row.is(2)))
                                .map(List::getFirst));
    }

    @Override
    public Mono<Void> count(FolderId folder, Loss loss) {
        return folders.with(
                folder,
                key ->
                        database.update(Sql.of(FORGET, key.number()))
                                .then(
                                        database.update(
                                                Sql.of(
                                                        COUNT,
                                                        key.number(),
                                                        loss.seq(),
                                                        loss.entries(),
                                                        loss.removals())))
                                .then());
    }

    @Override
    public Mono<List<Standing>> standings(FolderId folder, Collection<EntryPath> paths) {
        return folders.with(
                folder,
                key ->
                        Flux.fromStream(() -> paths.stream().distinct().sorted())
                                .buffer(batchRows)
                                .concatMap(some ->
                                        database.list(
                                                Sql.of(STANDINGS, key.ofPaths(some)),
                                                PostgresParkedRemovals::standing))
                                .concatMapIterable(found -> found)
                                .collectSortedList(Comparator.comparing(Standing::path)));
    }

    @Override
    public Mono<Optional<Standing>> keptBelow(FolderId folder, EntryPath directory) {
        return folders.with(
                folder,
                key -> {
                    FolderKey.Range range = key.below(directory, Optional.empty());
                    return database.list(
                                    Sql.of(KEPT_BELOW, range.from(), range.to()),
                                    PostgresParkedRemovals::standing)
                            .map(found -> found.stream().findFirst());
                });
    }

    private static Standing standing(Cells row) {
        return new Standing(
                FolderKey.path(row.bytes(0)),
                new ApprovalId(row.get(1, String.class)),
                decision(row.find(2, Boolean.class)));
    }

    private static Decision decision(Optional<Boolean> decided) {
        return decided.map(isToGo -> isToGo ? Decision.APPROVED : Decision.REJECTED)
                .orElse(Decision.WAITING);
    }

    @Override
    public Mono<Optional<Open>> open(FolderId folder, Duration within, int limit) {
        return folders.with(
                folder,
                key ->
                        database.list(
                                        Sql.of(OPEN, key.number(), micros(within)),
                                        row ->
                                                Map.entry(
                                                        row.number(0),
                                                        new ApprovalId(row.get(1, String.class))))
                                .flatMap(found ->
                                        found.isEmpty()
                                                ? Mono.just(Optional.empty())
                                                : open(found.getFirst(), limit)));
    }

    private Mono<Optional<Open>> open(Map.Entry<Long, ApprovalId> set, int limit) {
        return database.list(
                        Sql.of(MEMBERS, set.getKey(), limit + 1),
                        row ->
                                new Removal(
                                        FolderKey.path(row.bytes(0)), new Version(row.number(1))))
                .map(members ->
                        Optional.of(members)
                                .filter(some -> !some.isEmpty() && some.size() <= limit)
                                .map(some -> new Open(set.getValue(), some)));
    }

    @Override
    public Mono<Boolean> park(FolderId folder, Parking parking) {
        return folders.with(
                folder, key -> new ParkTransaction(parking, batchRows).run(database, key));
    }

    @Override
    public Mono<List<ParkedSet>> sets(FolderId folder) {
        return folders.with(
                folder,
                key ->
                        database.list(
                                        Sql.of(SETS, key.number(), MAX_EXAMPLES),
                                        PostgresParkedRemovals::example)
                                .map(PostgresParkedRemovals::joined));
    }

    /** The set of one example; there are as many of it as it has examples. */
    private static ParkedSet example(Cells row) {
        return new ParkedSet(
                new ApprovalId(row.get(0, String.class)),
                decision(row.find(1, Boolean.class)),
                row.number(5),
                row.number(2),
                row.get(3, Instant.class),
                List.of(FolderKey.path(row.bytes(4))));
    }

    private static List<ParkedSet> joined(List<ParkedSet> examples) {
        Map<ApprovalId, ParkedSet> byId = new LinkedHashMap<>();
        for (ParkedSet example : examples) {
            byId.merge(example.id(), example, PostgresParkedRemovals::joined);
        }
        return List.copyOf(byId.values());
    }

    private static ParkedSet joined(ParkedSet one, ParkedSet next) {
        List<EntryPath> examples = new ArrayList<>(one.examples());
        examples.addAll(next.examples());
        return new ParkedSet(
                one.id(), one.decision(), one.removals(), one.entries(), one.since(), examples);
    }

    @Override
    public Mono<Boolean> decide(FolderId folder, ApprovalId set, Decision decision) {
        return folders.with(
                folder,
                key ->
                        find(key, set)
                                .flatMap(found ->
                                        found.isEmpty()
                                                ? Mono.just(false)
                                                : decide(key, found.getFirst(), set, decision)));
    }

    private Mono<List<Numbered>> find(FolderKey folder, ApprovalId set) {
        return database.list(Sql.of(FIND, folder.number(), set.value()), Numbered::of);
    }

    /**
     * What stands for a set, whatever its name is.
     *
     * @param joined when it took in something last
     * @param decided as a number; -1 where nobody has
     */
    private record Numbered(long number, Instant joined, long decided, long members) {
        static Numbered of(Cells row) {
            return new Numbered(
                    row.number(0),
                    row.get(1, Instant.class),
                    row.get(2, Integer.class),
                    row.number(3));
        }
    }

    /**
     * Again where it took in more meanwhile. A release takes its time: whoever decides on the set
     * in that time is not overruled.
     */
    private Mono<Boolean> decide(
            FolderKey folder, Numbered found, ApprovalId set, Decision decision) {
        return decide(found, set, decision)
                .flatMap(isDecided ->
                        isDecided
                                ? Mono.just(true)
                                : find(folder, set)
                                        .flatMap(now ->
                                                now.isEmpty()
                                                                || now.getFirst().decided()
                                                                        != found.decided()
                                                        ? Mono.just(false)
                                                        : decide(
                                                                folder,
                                                                now.getFirst(),
                                                                set,
                                                                decision)));
    }

    /** Rows before the set: a commit comes to them in that order too. */
    private Mono<Boolean> decide(Numbered found, ApprovalId set, Decision decision) {
        boolean isToGo = decision == Decision.APPROVED;
        int pieces = isToGo ? 2 + (int) (found.members() / RELEASED_ROWS) : 0;
        return database.transaction(
                1 + pieces,
                session ->
                        (isToGo ? released(session, found.number()) : Mono.<Void>empty())
                                .then(
                                        session.update(
                                                Sql.of(
                                                        DECIDE,
                                                        found.number(),
                                                        isToGo,
                                                        set.value(),
                                                        found.joined(),
                                                        found.decided())))
                                .map(updated -> updated == 1),
                isDecided -> isDecided);
    }

    private static Mono<Void> released(Session session, long number) {
        return released(session, number, BEFORE_ALL)
                .expand(last ->
                        last.isEmpty() ? Mono.empty() : released(session, number, last.getFirst()))
                .then();
    }

    /** The key of the last one that was released; none after the end. */
    private static Mono<List<byte[]>> released(Session session, long number, byte[] after) {
        return session.list(Sql.of(RELEASE, number, after, RELEASED_ROWS), row -> row.bytes(0));
    }

    /** Keys and versions side by side. */
    static Sql withRemovals(String text, FolderKey folder, List<Removal> removals, Object... more) {
        ArrayColumn keys = new ArrayColumn(Type.BYTEA);
        ArrayColumn versions = new ArrayColumn(Type.BIGINT);
        for (Removal removal : removals) {
            keys.add(folder.of(removal.path()));
            versions.add(removal.version().value());
        }
        List<Object> parameters = new ArrayList<>(List.of(keys, versions));
        parameters.addAll(List.of(more));
        return new Sql(text, parameters);
    }
}
