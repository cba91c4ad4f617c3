package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.path.EntryPath;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Mount points as a commit names them, in place of those that a table had. */
final class RestoredMounts {
    /** How many statements it takes. */
    static final int STATEMENTS = 2;

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

    /** What is committed has its row already; whoever writes one at this moment loses. */
    private static final String FORGET =
            """
            with observed as materialized (
                select distinct e.key
                from unnest($1::bytea[], $2::bytea[]) as r (low, high)
                join entry e
                    on head(e.key) >= head(r.low) and e.key >= r.low
                    and head(e.key) <= head(r.high) and e.key < r.high
                where (select true from parked p where head(p.key) = head(e.key) and p.key = e.key) is null
            ), settled as (
                delete from dirty d using observed o where head(d.key) = head(o.key) and d.key = o.key
            ), dropped as (
                delete from entry e using observed o
                where head(e.key) = head(o.key) and e.key = o.key
                  and (select true from committed c where head(c.key) = head(o.key) and c.key = o.key) is null
            )
            update entry e
            set version = nextval('version'), state = 0, entry = c.entry, stat = null, inode = null,
                links = null, due = null, code = null, tries = null
            from observed o
            join committed c on head(c.key) = head(o.key) and c.key = o.key
            where head(e.key) = head(o.key) and e.key = o.key
            """;

    private RestoredMounts() {}

    static Mono<Long> replace(Session session, FolderKey folder, Set<EntryPath> mounts) {
        ArrayColumn keys = folder.ofPaths(mounts.stream().sorted().toList());
        return session.list(
                        Sql.of(REPLACE, folder.prefix(), keys), row -> FolderKey.path(row.bytes(0)))
                .flatMap(changed ->
                        changed.isEmpty()
                                ? Mono.just(0L)
                                : session.update(forget(folder, changed)));
    }

    private static Sql forget(FolderKey folder, List<EntryPath> tops) {
        ArrayColumn first = new ArrayColumn(Type.BYTEA);
        ArrayColumn until = new ArrayColumn(Type.BYTEA);
        for (EntryPath top : tops) {
            first.add(folder.of(top));
            until.add(folder.below(top, Optional.empty()).to());
        }
        return Sql.of(FORGET, first, until);
    }
}
