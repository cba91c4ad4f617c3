package io.driftless.adapter.postgres;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * The pool of connections. Each call takes one, gives it back and has a time limit; whatever goes
 * wrong comes out as one of our own failures. A call that was cut off may or may not have had its
 * effect.
 */
final class Database {
    private final ConnectionPool pool;
    private final Duration callTimeout;

    Database(ConnectionPool pool, Duration callTimeout) {
        this.pool = pool;
        this.callTimeout = callTimeout;
    }

    /** One statement in a transaction of its own. */
    <T> Mono<List<T>> list(Sql sql, Function<Cells, T> mapping) {
        return call(connection -> new Session(connection).list(sql, mapping), callTimeout);
    }

    /** One statement in a transaction of its own; the number of rows that changed. */
    Mono<Long> update(Sql sql) {
        return call(connection -> new Session(connection).update(sql), callTimeout);
    }

    /**
     * All that the work does takes effect where its outcome is wanted; else, and where it fails,
     * nothing.
     *
     * @param statements how many the work has at most; each may take the time of a call, since a
     *     long list could otherwise never be written
     */
    <T> Mono<T> transaction(
            int statements, Function<Session, Mono<T>> work, Predicate<T> isWanted) {
        return call(
                connection -> transaction(connection, work, isWanted),
                callTimeout.multipliedBy(statements));
    }

    <T> Mono<T> transaction(int statements, Function<Session, Mono<T>> work) {
        return transaction(statements, work, _ -> true);
    }

    private static <T> Mono<T> transaction(
            Connection connection, Function<Session, Mono<T>> work, Predicate<T> isWanted) {
        return Mono.from(connection.beginTransaction())
                .then(work.apply(new Session(connection)))
                .flatMap(outcome -> end(connection, isWanted.test(outcome)).thenReturn(outcome));
    }

    private static Mono<Void> end(Connection connection, boolean isWanted) {
        return Mono.from(
                isWanted ? connection.commitTransaction() : connection.rollbackTransaction());
    }

    /**
     * A transaction left open by a failure is rolled back when the pool gets its connection back.
     */
    private <T> Mono<T> call(Function<Connection, Mono<T>> work, Duration timeout) {
        return Mono.usingWhen(
                        pool.create(),
                        work,
                        Connection::close,
                        (connection, _) -> connection.close(),
                        Database::abandon)
                .timeout(timeout)
                .onErrorMap(Failures::translate);
    }

    /**
     * A connection that was cut off in the middle may lead to a server that is gone: closed for
     * good, so that the pool makes another for the next call. Its place is given back whatever
     * comes of that.
     */
    private static Mono<Void> abandon(Connection pooled) {
        Connection own = (Connection) ((Wrapped<?>) pooled).unwrap();
        return Goodbye.over(own.close()).then(Mono.from(pooled.close()));
    }
}
