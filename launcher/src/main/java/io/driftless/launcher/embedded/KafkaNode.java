package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * One run of a Kafka broker. Kafka ends the whole process where it cannot go on; here it only ends
 * itself, so that the process can say why.
 */
final class KafkaNode {
    static {
        Exit.setExitProcedure(KafkaNode::refuseToExit);
        Exit.setHaltProcedure(KafkaNode::refuseToExit);
        Exit.setShutdownHookAdder((_, _) -> {});
    }

    private final KafkaRaftServer server;

    private KafkaNode(KafkaRaftServer server) {
        this.server = server;
    }

    private static void refuseToExit(int status, @Nullable String message) {
        throw new SyncException(
                ErrorCode.DEPENDENCY_UNAVAILABLE,
                "Kafka gave up with status " + status + ": " + message);
    }

    static KafkaNode start(KafkaConfiguration configuration, Duration timeout) {
        KafkaRaftServer server =
                new KafkaRaftServer(
                        new KafkaConfig(configuration.properties(), false), Time.SYSTEM);
        KafkaNode node = new KafkaNode(server);
        try {
            inThread("kafka-start", server::startup).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return node;
        } catch (ExecutionException | TimeoutException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new SyncException(
                    ErrorCode.START_FAILED, "Kafka did not start: " + reason, reason);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SyncException(ErrorCode.START_FAILED, "The start was interrupted.", e);
        }
    }

    private static CompletableFuture<Void> inThread(String name, Runnable work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform()
                .name(name)
                .daemon()
                .start(() -> {
                    try {
                        work.run();
                        done.complete(null);
                    } catch (Throwable failure) {
                        done.completeExceptionally(failure);
                    }
                });
        return done;
    }

    void stop() {
        server.shutdown();
        server.awaitShutdown();
    }
}
