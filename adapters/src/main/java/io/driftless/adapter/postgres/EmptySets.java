package io.driftless.adapter.postgres;

import reactor.core.publisher.Mono;

/** Drops sets of parked removals that have lost their last member. */
final class EmptySets {
    /** How many statements it takes. */
    static final int STATEMENTS = 2;

    /** Waits for whoever has members join at this moment. */
    private static final String HOLD =
            """
            select s.id from parked_set s
            where s.folder = $1 and not exists (select from parked p where p.set = s.id)
            order by s.id
            for update
            """;

    /** A later statement than the locks: it sees the members that came with those waited for. */
    private static final String DROP =
            """
            delete from parked_set s
            where s.id = any($1) and not exists (select from parked p where p.set = s.id)
            """;

    private EmptySets() {}

    static Mono<Long> drop(Session session, FolderKey folder) {
        return session.list(Sql.of(HOLD, folder.number()), row -> row.number(0))
                .flatMap(ids ->
                        ids.isEmpty()
                                ? Mono.just(0L)
                                : session.update(Sql.of(DROP, ArrayColumn.ofNumbers(ids))));
    }
}
