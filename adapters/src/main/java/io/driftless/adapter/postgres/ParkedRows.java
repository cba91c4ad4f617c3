package io.driftless.adapter.postgres;

import io.driftless.path.EntryPath;
import java.util.Collection;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Takes out of their sets what a commit puts or removes. */
final class ParkedRows {
    private static final String HAS_ANY =
            "select exists (select from parked_set where folder = $1)";

    /** A row that went with its directory while it was parked has nothing left to say. */
    private static final String LEAVE =
            """
            with left_sets as (
                delete from parked p
                using unnest($1::bytea[]) as r (key)
                cross join lateral (
                    select x.ctid as place from parked x
                    where head(x.key) = head(r.key) and x.key = r.key offset 0
                ) b
                where p.ctid = b.place
                returning p.key
            ), cleared as (
                delete from entry e
                using left_sets l
                cross join lateral (
                    select x.ctid as place from entry x
                    where head(x.key) = head(l.key) and x.key = l.key and x.state = 1
                      and (select true from dirty d where head(d.key) = head(l.key) and d.key = l.key) is null
                    offset 0
                ) b
                where e.ctid = b.place
                returning e.version, e.key
            )
            insert into gone (version, key) select version, key from cleared order by key
            on conflict (head(key), tail(key)) do update set version = excluded.version, since = excluded.since
            """;

    private final Session session;
    private final FolderKey folder;
    private final int batchRows;

    ParkedRows(Session session, FolderKey folder, int batchRows) {
        this.session = session;
        this.folder = folder;
        this.batchRows = batchRows;
    }

    /**
     * @param paths in path order; their entries are locked, those of removed ones at least
     */
    Mono<Void> leave(Collection<EntryPath> paths) {
        return session.list(Sql.of(HAS_ANY, folder.number()), row -> row.is(0))
                .flatMap(found -> found.contains(true) ? take(paths) : Mono.empty());
    }

    private Mono<Void> take(Collection<EntryPath> paths) {
        return Flux.fromIterable(paths)
                .buffer(batchRows)
                .concatMap(some -> session.update(Sql.of(LEAVE, folder.ofPaths(some))))
                .then(EmptySets.drop(session, folder))
                .then();
    }
}
