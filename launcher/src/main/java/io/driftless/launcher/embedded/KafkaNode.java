package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * One run of a Kafka broker. Kafka ends the whole process where it cannot go on; here the thread
 * that wanted to do so ends, and whoever runs the broker is told.
 */
final class KafkaNode {
    /** Kafka does not say which broker gave up; a process has one. */
    private static final Set<Consumer<String>> TOLD_OF_DEATH = ConcurrentHashMap.newKeySet();

    static {
        Exit.setExitProcedure(KafkaNode::giveUp);
        Exit.setHaltProcedure(KafkaNode::giveUp);
        Exit.setShutdownHookAdder((_, _) -> {});
    }

    private static final int MAX_CAUSES = 20;

    private final KafkaRaftServer server;
    private final Consumer<String> onDeath;

    private KafkaNode(KafkaRaftServer server, Consumer<String> onDeath) {
        this.server = server;
        this.onDeath = onDeath;
    }

    private static void giveUp(int status, @Nullable String message) {
        String reason = "Kafka gave up with status " + status + ": " + message;
        TOLD_OF_DEATH.forEach(told -> told.accept(reason));
        throw new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, reason);
    }

    /**
     * Returns once the broker takes records.
     *
     * @param onDeath is told when the broker gives up by itself afterwards
     */
    static KafkaNode start(
            KafkaConfiguration configuration, Duration timeout, Consumer<String> onDeath) {
        LoopbackPort.check(configuration.port());
        LoopbackPort.check(configuration.controllerPort());
        KafkaRaftServer server = made(configuration);
        KafkaNode node = new KafkaNode(server, onDeath);
        try {
            await(inThread("kafka-start", server::startup), timeout);
        } catch (ExecutionException | TimeoutException e) {
            SyncException failure = notStarted(e.getCause() == null ? e : e.getCause());
            node.stopAfter(failure, timeout);
            throw failure;
        }
        TOLD_OF_DEATH.add(onDeath);
        return node;
    }

    private static KafkaRaftServer made(KafkaConfiguration configuration) {
        try {
            return new KafkaRaftServer(
                    new KafkaConfig(configuration.properties(), false), Time.SYSTEM);
        } catch (RuntimeException e) {
            throw notStarted(e);
        }
    }

    private static SyncException notStarted(Throwable reason) {
        return new SyncException(ErrorCode.START_FAILED, "Kafka did not start: " + reason, reason);
    }

    private void stopAfter(SyncException failure, Duration timeout) {
        try {
            stop(timeout);
        } catch (SyncException notStopped) {
            failure.addSuppressed(notStopped);
        }
    }

    /**
     * Ends the broker with everything written; one that does not end in time is left to itself, so
     * that the process can.
     */
    void stop(Duration timeout) {
        TOLD_OF_DEATH.remove(onDeath);
        CompletableFuture<Void> stopped =
                inThread(
                        "kafka-stop",
                        () -> {
                            server.shutdown();
                            server.awaitShutdown();
                        });
        try {
            await(stopped, timeout);
        } catch (ExecutionException | TimeoutException e) {
            throw new SyncException(
                    ErrorCode.DEPENDENCY_UNAVAILABLE, "Kafka did not stop: " + e, e);
        }
    }

    private static void await(CompletableFuture<Void> done, Duration timeout)
            throws ExecutionException, TimeoutException {
        try {
            done.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException("interrupted");
        }
    }

    private static CompletableFuture<Void> inThread(String name, Runnable work) {
        return CompletableFuture.runAsync(
                work, task -> Thread.ofPlatform().name(name).daemon().start(task));
    }
}
