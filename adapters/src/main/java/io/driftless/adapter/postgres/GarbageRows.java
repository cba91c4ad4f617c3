package io.driftless.adapter.postgres;

import io.driftless.block.PageHash;
import io.driftless.path.EntryPath;
import io.driftless.port.GarbageIndex.Garbage;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** The states of packs and pages on their way out: statements of one transaction. */
final class GarbageRows {
    /** Of any one of these. */
    static final int STATEMENTS = 2;

    private static final String CONDEMN_PACKS =
            """
            update pack set state = 2, since = now()
            where id = any(array(
                select id from pack where folder = $1 and state = 1 and dropped <= $2
                limit $3 for update skip locked))
            """;

    private static final String CONDEMN_PAGES =
            """
            update page set state = 2, since = now()
            where key = any(array(
                select key from page where folder_of(key) = $1 and state = 1 and dropped <= $2
                limit $3 for update skip locked))
            """;

    private static final String BURY_PACKS =
            """
            with gone as (
                update pack set state = 3, since = now()
                where id = any(array(
                    select id from pack
                    where folder = $1 and state = any('{0,2}')
                      and since < clock_timestamp() - $3 * interval '1 microsecond'
                      and (state = 0 or dropped <= $2)
                    limit $4 for update skip locked))
                returning id
            ), forgotten as (
                delete from block where pack = any(array(select id from gone))
            )
            select id from gone
            """;

    private static final String BURY_PAGES =
            """
            update page set state = 3, since = now()
            where key = any(array(
                select key from page
                where folder_of(key) = $1 and state = any('{0,2}')
                  and since < clock_timestamp() - $3 * interval '1 microsecond'
                  and (state = 0 or dropped <= $2)
                limit $4 for update skip locked))
            returning key
            """;

    private static final String BURIED_PACKS =
            """
            select id from pack
            where folder = $1 and state = 3 and since < clock_timestamp() - $2 * interval '1 microsecond'
            order by since limit $3
            """;

    private static final String BURIED_PAGES =
            """
            select key from page
            where folder_of(key) = $1 and state = 3
              and since < clock_timestamp() - $2 * interval '1 microsecond'
            order by since limit $3
            """;

    private static final String FORGET_PACKS =
            "delete from pack where folder = $1 and id = any($2) and state = 3";

    private static final String FORGET_PAGES = "delete from page where key = any($1) and state = 3";

    private static final String BLOCKS_IN =
            """
            select b.key, b.plain_bytes, b.pack, b.offset_bytes, b.stored_bytes, b.codec
            from block b
            where b.pack = (select id from pack where folder = $1 and id = $2 and state in (1, 2))
            order by b.offset_bytes
            """;

    private static final String ABANDON =
            """
            with gone as (
                update pack set state = 3, since = now()
                where id = any(array(
                    select id from pack where folder = $1 and id = $2 and state in (1, 2)
                    for update skip locked))
                returning id
            ), forgotten as (
                delete from block where pack = any(array(select id from gone))
            )
            select id from gone
            """;

    /** As a commit does it with rows that went with their directory. */
    private static final String STORE_AGAIN =
            """
            with wanted as (
                update entry e
                set version = nextval('version')
                from unnest($1::bytea[]) as r (key)
                cross join lateral (
                    select x.ctid as place, x.version from entry x
                    where head(x.key) = head(r.key) and x.key = r.key and x.entry is not null
                      and (select true from dirty d where head(d.key) = head(r.key) and d.key = r.key) is null
                    offset 0
                ) b
                where e.ctid = b.place and e.version = b.version
                returning e.version, b.version as since, e.key
            )
            insert into dirty (version, since, removed, key)
            select version, since, false, key from wanted
            on conflict (head(key), tail(key)) do update set version = excluded.version, removed = false
            """;

    private GarbageRows() {}

    static Sql blocksIn(FolderKey folder, UUID pack) {
        return Sql.of(BLOCKS_IN, folder.number(), pack);
    }

    static Mono<Boolean> abandon(Session session, FolderKey folder, UUID pack) {
        return session.list(Sql.of(ABANDON, folder.number(), pack), row -> row.get(0, UUID.class))
                .map(gone -> !gone.isEmpty());
    }

    static Mono<Long> storeAgain(Session session, FolderKey folder, List<EntryPath> paths) {
        return session.update(Sql.of(STORE_AGAIN, folder.ofPaths(paths)));
    }

    static Mono<Long> condemn(Session session, FolderKey folder, long oldestRetained, int limit) {
        return session.update(Sql.of(CONDEMN_PACKS, folder.number(), oldestRetained, limit))
                .flatMap(packs ->
                        session.update(
                                        Sql.of(
                                                CONDEMN_PAGES,
                                                folder.prefix(),
                                                oldestRetained,
                                                limit))
                                .map(pages -> packs + pages));
    }

    static Mono<Garbage> bury(
            Session session, FolderKey folder, long oldestRetained, Duration grace, int limit) {
        long micros = micros(grace);
        return garbage(
                session,
                Sql.of(BURY_PACKS, folder.number(), oldestRetained, micros, limit),
                Sql.of(BURY_PAGES, folder.prefix(), oldestRetained, micros, limit));
    }

    static Mono<Garbage> buried(Session session, FolderKey folder, Duration grace, int limit) {
        long micros = micros(grace);
        return garbage(
                session,
                Sql.of(BURIED_PACKS, folder.number(), micros, limit),
                Sql.of(BURIED_PAGES, folder.prefix(), micros, limit));
    }

    private static Mono<Garbage> garbage(Session session, Sql packs, Sql pages) {
        return session.list(packs, row -> row.get(0, UUID.class))
                .flatMap(ids ->
                        session.list(pages, GarbageRows::page)
                                .map(names -> new Garbage(ids, names)));
    }

    static PageHash page(Cells row) {
        return PageHash.ofBytes(row.bytes(0), FolderKey.PREFIX_BYTES);
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }

    static Mono<Long> forget(Session session, FolderKey folder, Garbage garbage) {
        return session.update(
                        Sql.of(FORGET_PACKS, folder.number(), ArrayColumn.ofIds(garbage.packs())))
                .then(session.update(Sql.of(FORGET_PAGES, folder.ofHashes(garbage.pages()))));
    }
}
