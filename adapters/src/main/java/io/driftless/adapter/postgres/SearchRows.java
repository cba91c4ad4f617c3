package io.driftless.adapter.postgres;

import io.driftless.block.PageHash;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** A search for packs and lists of blocks that nothing needs: its statements. */
final class SearchRows {
    static final int END_STATEMENTS = 4;

    private static final String NEWEST =
            "select seq from commit where folder = $1 order by seq desc limit 1";

    private static final String SEARCHED = "select seq from search where folder = $1";

    /** What is seen should not be dropped; if it is, it must not go. */
    private static final String SEE =
            """
            update %s
            set needed = greatest(needed, $2), dropped = null, state = 1,
                since = case when state = 1 then since else now() end
            where %s = any($1) and state in (1, 2)
              and (needed < $2 or dropped is not null or state = 2)
            """;

    private static final String SEE_PACKS = SEE.formatted("pack", "id");
    private static final String SEE_LISTS = SEE.formatted("page", "key");

    private static final String DROP_PACKS =
            """
            update pack set dropped = $3
            where id = any(array(
                select id from pack
                where folder = $1 and state = 1 and dropped is null and needed < $2
                for update skip locked))
            """;

    private static final String DROP_LISTS =
            """
            update page set dropped = $3
            where key = any(array(
                select key from page
                where folder_of(key) = $1 and state = 1 and dropped is null and listed and needed < $2
                for update skip locked))
            """;

    private static final String DONE =
            """
            insert into search (folder, seq) values ($1, $2)
            on conflict (folder) do update set seq = excluded.seq
            """;

    private SearchRows() {}

    /** The newest commit; empty where everything up to it was searched. */
    static Mono<Optional<Long>> begin(Session session, FolderKey folder) {
        return one(session, Sql.of(SEARCHED, folder.number()))
                .flatMap(searched ->
                        newest(session, folder)
                                .map(newest -> newest.filter(seq -> seq > searched.orElse(0L))));
    }

    private static Mono<Optional<Long>> newest(Session session, FolderKey folder) {
        return one(session, Sql.of(NEWEST, folder.number()));
    }

    private static Mono<Optional<Long>> one(Session session, Sql sql) {
        return session.list(sql, row -> row.number(0)).map(found -> found.stream().findFirst());
    }

    static Sql see(List<UUID> packs, long seq) {
        return Sql.of(SEE_PACKS, ArrayColumn.ofIds(packs), seq);
    }

    static Sql seeLists(FolderKey folder, List<PageHash> lists, long seq) {
        return Sql.of(SEE_LISTS, folder.ofHashes(lists), seq);
    }

    /**
     * A commit after this statement that needs one of them says so itself; a commit before it is
     * not later than the newest of this moment. Where the folder began anew meanwhile, its numbers
     * are others.
     */
    static Mono<Long> end(Session session, FolderKey folder, long began) {
        return newest(session, folder)
                .flatMap(newest -> Mono.justOrEmpty(newest.filter(seq -> seq >= began)))
                .flatMap(newest ->
                        session.update(Sql.of(DROP_PACKS, folder.number(), began, newest))
                                .then(
                                        session.update(
                                                Sql.of(DROP_LISTS, folder.prefix(), began, newest)))
                                .then(session.update(Sql.of(DONE, folder.number(), began))));
    }
}
