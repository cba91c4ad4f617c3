package io.driftless.adapter.postgres;

import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/**
 * Asks the server what time it is, over one connection that is kept. A connection over which a
 * question was not answered is closed, and the next question opens another.
 */
final class DatabaseClock {
    private static final String NOW = "select clock_timestamp()";

    private final Mono<PostgresqlConnection> connecting;
    private final AtomicReference<Link> link;

    /**
     * One connection, or the attempt to make it: whoever stops waiting for that leaves it to the
     * next. Given up half-way it might come to be all the same, and nobody would close it.
     */
    private record Link(
            Mono<PostgresqlConnection> connection,
            AtomicReference<Optional<PostgresqlConnection>> made) {
        static Link over(Mono<PostgresqlConnection> connecting) {
            AtomicReference<Optional<PostgresqlConnection>> made =
                    new AtomicReference<>(Optional.empty());
            return new Link(connecting.doOnNext(one -> made.set(Optional.of(one))).cache(), made);
        }

        Mono<Void> close() {
            return Mono.defer(
                    () -> made.get().map(PostgresqlConnection::close).orElseGet(Mono::empty));
        }
    }

    /**
     * @param patience how long a connection may take to be made
     */
    DatabaseClock(PostgresqlConnectionFactory connections, Duration patience) {
        this.connecting = connections.create().timeout(patience);
        this.link = new AtomicReference<>(Link.over(connecting));
    }

    Mono<Instant> now() {
        return Mono.defer(() -> over(link.get())).onErrorMap(Failures::translate);
    }

    private Mono<Instant> over(Link used) {
        return used.connection()
                .doOnError(_ -> replace(used))
                .flatMap(connection ->
                        Mono.usingWhen(
                                Mono.just(connection),
                                DatabaseClock::ask,
                                _ -> Mono.empty(),
                                (_, _) -> drop(used),
                                _ -> drop(used)));
    }

    private static Mono<Instant> ask(PostgresqlConnection connection) {
        return new Session(connection)
                .list(Sql.of(NOW), row -> row.get(0, Instant.class))
                .map(List::getFirst);
    }

    private void replace(Link broken) {
        link.compareAndSet(broken, Link.over(connecting));
    }

    private Mono<Void> drop(Link broken) {
        return Mono.fromRunnable(() -> replace(broken)).then(Goodbye.over(broken.close()));
    }

    Mono<Void> close() {
        return Mono.defer(() -> link.get().close());
    }
}
