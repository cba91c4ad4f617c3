package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.path.EntryPath;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Mount points as a commit names them, in place of those that a table had. */
final class RestoredMounts {
    /** Finding some rows, locking them and forgetting what they say. */
    private static final int STATEMENTS_A_SLICE = 3;

    private static final String KNOWN = "select key from mount where folder_of(key) = $1";

    private static final String COUNT =
            """
            select count(*)
            from unnest($1::bytea[], $2::bytea[]) as r (low, high)
            cross join lateral (
                select from entry x
                where head(x.key) >= head(r.low) and x.key >= r.low
                  and head(x.key) <= head(r.high) and x.key < r.high
                offset 0
            ) e
            """;

    /** Gives those that were in the table before, or are now, but not both. */
    private static final String REPLACE =
            """
            with dropped as (
                delete from mount m where folder_of(m.key) = $1 and m.key <> all ($2::bytea[])
                returning m.key
            ), added as (
                insert into mount (key) select key from unnest($2::bytea[]) as n (key)
                on conflict (head(key), tail(key)) do nothing
                returning key
            )
            select key from dropped union all select key from added
            """;

    private static final String SLICE =
            """
            select key from entry
            where head(key) >= head($1) and key >= $1 and head(key) <= head($2) and key < $2
            order by head(key), key
            limit $3
            """;

    /**
     * What is committed has its row already. That gets another version even where it says nothing
     * else: whoever writes it at this moment looked before the mount was known, and loses.
     */
    private static final String FORGET =
            """
            with observed as materialized (
                select k.key, e.place, c.entry
                from unnest($1::bytea[]) as k (key)
                cross join lateral (
                    select x.ctid as place from entry x
                    where head(x.key) = head(k.key) and x.key = k.key
                      and (select true from parked p where head(p.key) = head(k.key) and p.key = k.key) is null
                    offset 0
                ) e
                left join lateral (
                    select x.entry from committed x where head(x.key) = head(k.key) and x.key = k.key offset 0
                ) c on true
            ), settled as (
                delete from dirty d
                using observed o
                cross join lateral (
                    select x.ctid as place from dirty x where head(x.key) = head(o.key) and x.key = o.key offset 0
                ) b
                where d.ctid = b.place
            ), dropped as (
                delete from entry e using observed o where e.ctid = o.place and o.entry is null
            )
            update entry e
            set version = nextval('version'), state = 0, entry = o.entry, stat = null, inode = null,
                links = null, due = null, code = null, tries = null
            from observed o
            where e.ctid = o.place and o.entry is not null
            """;

    private final FolderKey folder;
    private final Set<EntryPath> mounts;
    private final int batchRows;

    RestoredMounts(FolderKey folder, Set<EntryPath> mounts, int batchRows) {
        this.folder = folder;
        this.mounts = mounts;
        this.batchRows = batchRows;
    }

    /** How many statements it takes: rows below a mount may be as many as the folder has. */
    Mono<Integer> statements(Database database) {
        return database.list(Sql.of(KNOWN, folder.prefix()), row -> FolderKey.path(row.bytes(0)))
                .flatMap(known -> {
                    Set<EntryPath> tops = new HashSet<>(mounts);
                    tops.addAll(known);
                    return database.list(count(tops), row -> row.number(0))
                            .map(rows -> statements(tops.size(), rows.getFirst()));
                });
    }

    private int statements(int tops, long rows) {
        return 1 + STATEMENTS_A_SLICE * (tops + (int) (rows / batchRows));
    }

    private Sql count(Collection<EntryPath> tops) {
        ArrayColumn first = new ArrayColumn(Type.BYTEA);
        ArrayColumn until = new ArrayColumn(Type.BYTEA);
        for (EntryPath top : tops) {
            first.add(folder.of(top));
            until.add(end(top));
        }
        return Sql.of(COUNT, first, until);
    }

    private byte[] end(EntryPath top) {
        return folder.below(top, Optional.empty()).to();
    }

    /** The number of mount points that were not so before, or are not any more. */
    Mono<Long> replace(Session session) {
        ArrayColumn keys = folder.ofPaths(mounts.stream().sorted().toList());
        return session.list(
                        Sql.of(REPLACE, folder.prefix(), keys), row -> FolderKey.path(row.bytes(0)))
                .flatMapIterable(changed -> changed)
                .concatMap(top -> forget(session, top).thenReturn(top))
                .count();
    }

    private Mono<Void> forget(Session session, EntryPath top) {
        return forget(session, folder.of(top), end(top))
                .expand(some ->
                        some.size() < batchRows
                                ? Mono.empty()
                                : forget(
                                        session,
                                        folder.after(Optional.of(some.getLast())).from(),
                                        end(top)))
                .then();
    }

    /** Some rows, and which they were. */
    private Mono<List<EntryPath>> forget(Session session, byte[] from, byte[] to) {
        return session.list(Sql.of(SLICE, from, to, batchRows), row -> FolderKey.path(row.bytes(0)))
                .delayUntil(some ->
                        new RowLocks(session, folder, batchRows)
                                .entries(some)
                                .then(session.update(Sql.of(FORGET, folder.ofPaths(some)))));
    }
}
