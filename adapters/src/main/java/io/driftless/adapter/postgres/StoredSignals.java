package io.driftless.adapter.postgres;

import io.driftless.tree.FolderId;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Listens on one connection of its own for all subscribers, from the first to the last of them.
 * What is said while it is being made again is lost, as the port allows.
 */
final class StoredSignals {
    private static final Logger LOG = LoggerFactory.getLogger(StoredSignals.class);
    private static final int MAX_BUFFERED = 256;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final PostgresqlConnectionFactory connections;
    private final Flux<FolderId> shared;

    StoredSignals(PostgresqlConnectionFactory connections) {
        this.connections = connections;
        this.shared = listen().retryWhen(again()).share();
    }

    Flux<FolderId> flux() {
        return shared.onBackpressureBuffer(MAX_BUFFERED, BufferOverflowStrategy.DROP_OLDEST);
    }

    private Flux<FolderId> listen() {
        return Flux.usingWhen(
                connections.create(), StoredSignals::listenOn, PostgresqlConnection::close);
    }

    /** That the notifications end means that the connection did. */
    private static Flux<FolderId> listenOn(PostgresqlConnection connection) {
        return connection
                .createStatement("listen driftless_stored")
                .execute()
                .flatMap(result -> result.getRowsUpdated())
                .thenMany(connection.getNotifications())
                .mapNotNull(notification -> notification.getParameter())
                .map(FolderId::new)
                .concatWith(Mono.error(() -> new IllegalStateException("The connection ended.")));
    }

    private static Retry again() {
        return Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                .maxBackoff(LONGEST_PAUSE)
                .jitter(0.5)
                .transientErrors(true)
                .doBeforeRetry(lost ->
                        LOG.atDebug()
                                .addKeyValue("cause", lost.failure().toString())
                                .log("Listening to PostgreSQL begins again"));
    }
}
