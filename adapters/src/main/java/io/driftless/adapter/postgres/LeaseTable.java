package io.driftless.adapter.postgres;

import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Who may do one kind of work for a folder, in table {@code lease}. */
final class LeaseTable {
    private static final String TAKE =
            """
            insert into lease as l (folder, work, holder, token, expires)
            values ($1, $2, $3, 1, clock_timestamp() + $4 * interval '1 microsecond')
            on conflict (folder, work) do update
                set holder = excluded.holder, expires = excluded.expires,
                    token = l.token + case when l.holder = excluded.holder and l.expires > clock_timestamp()
                        then 0 else 1 end
                where l.holder is null or l.holder = excluded.holder or l.expires <= clock_timestamp()
            returning token
            """;

    private static final String RELEASE =
            "update lease set holder = null where folder = $1 and work = $2 and token = $3";

    /** Waits for a take-over under way, and keeps any other waiting until this transaction ends. */
    private static final String HOLD =
            "select token = $3 from lease where folder = $1 and work = $2 for update";

    private final Work work;

    /** What a lease is of; the table has the position as number. */
    enum Work {
        COMMIT,
        COLLECT,
        SCRUB
    }

    LeaseTable(Work work) {
        this.work = work;
    }

    /** The token; empty where another holder has it. */
    Mono<Optional<Long>> take(Database database, FolderKey folder, String holder, Duration life) {
        long micros = life.toNanos() / 1_000;
        return database.list(
                        Sql.of(TAKE, folder.number(), number(), holder, micros),
                        row -> row.number(0))
                .map(taken -> taken.stream().findFirst());
    }

    Mono<Void> release(Database database, FolderKey folder, long token) {
        return database.update(Sql.of(RELEASE, folder.number(), number(), token)).then();
    }

    /** Whether this token is the current one; it stays so until the transaction ends. */
    Mono<Boolean> hold(Session session, FolderKey folder, long token) {
        return session.list(Sql.of(HOLD, folder.number(), number(), token), row -> row.is(0))
                .map(found -> found.contains(true));
    }

    private short number() {
        return (short) work.ordinal();
    }
}
