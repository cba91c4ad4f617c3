package io.driftless.adapter.postgres;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceProofs;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How far the reading of the source came, in tables {@code scrub}, {@code entry} and {@code lease}.
 */
final class PostgresSourceProofs implements SourceProofs {
    private static final String BEGIN =
            """
            insert into scrub (folder, began) values ($1, clock_timestamp())
            on conflict (folder) do update set folder = excluded.folder
            returning reached
            """;

    private static final String ROWS =
            """
            select %s, e.written
            from entry e
            where head(e.key) >= head($1) and e.key >= $1 and head(e.key) <= head($2) and e.key < $2
            order by head(e.key), e.key
            limit $3
            """
                    .formatted(RowColumns.SELECTED);

    private static final int WRITTEN = 9;

    private static final String PROVEN =
            """
            update entry e set written = clock_timestamp()
            where head(e.key) = head($1) and e.key = $1 and e.version = $2
            """;

    private static final String REACHED = "update scrub set reached = $2 where folder = $1";

    private static final String OVER =
            """
            update scrub set reached = null, since = began, began = clock_timestamp() where folder = $1
            """;

    private static final String SINCE = "select since from scrub where folder = $1";

    private final Database database;
    private final FolderNumbers folders;
    private final LeaseTable leases = new LeaseTable(LeaseTable.Work.SCRUB);

    PostgresSourceProofs(Database database, FolderNumbers folders) {
        this.database = database;
        this.folders = folders;
    }

    @Override
    public Mono<Optional<Turn>> turn(FolderId folder, String holder, Duration life) {
        return folders.with(
                folder,
                key ->
                        leases.take(database, key, holder, life)
                                .flatMap(taken ->
                                        taken.map(token -> turn(folder, key, token))
                                                .orElseGet(() -> Mono.just(Optional.empty()))));
    }

    private Mono<Optional<Turn>> turn(FolderId folder, FolderKey key, long token) {
        return database.list(
                        Sql.of(BEGIN, key.number()),
                        row ->
                                new Turn(
                                        folder,
                                        token,
                                        row.find(0, byte[].class).map(EntryPath::ofKey)))
                .map(found -> found.stream().findFirst());
    }

    @Override
    public Mono<List<Written>> rows(FolderId folder, Optional<EntryPath> after, int limit) {
        return folders.with(
                folder,
                key -> {
                    FolderKey.Range range = key.after(after);
                    return database.list(
                            Sql.of(ROWS, range.from(), range.to(), limit),
                            row ->
                                    new Written(
                                            RowColumns.row(row), row.get(WRITTEN, Instant.class)));
                });
    }

    @Override
    public Mono<Void> proven(FolderId folder, EntryPath path, Version version) {
        return folders.with(
                folder,
                key -> database.update(Sql.of(PROVEN, key.of(path), version.value())).then());
    }

    @Override
    public Mono<Void> reached(Turn turn, Optional<EntryPath> path) {
        return new Fence(database, folders, leases)
                .in(
                        turn.folder(),
                        turn.token(),
                        1,
                        (session, key) -> session.update(reached(key, path)))
                .then();
    }

    private static Sql reached(FolderKey key, Optional<EntryPath> path) {
        return path.map(reached -> Sql.of(REACHED, key.number(), reached.key()))
                .orElseGet(() -> Sql.of(OVER, key.number()));
    }

    @Override
    public Mono<Optional<Instant>> since(FolderId folder) {
        return folders.with(
                folder,
                key ->
                        database.list(
                                        Sql.of(SINCE, key.number()),
                                        row -> row.find(0, Instant.class))
                                .flatMapMany(Flux::fromIterable)
                                .next()
                                .defaultIfEmpty(Optional.empty()));
    }
}
