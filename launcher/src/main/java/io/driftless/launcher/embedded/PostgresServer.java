package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.embedded.EmbeddedPostgres.Settings;
import io.driftless.launcher.embedded.ServerProcesses.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's process and the thread that starts it, starts it again when it dies, and lives as
 * long as it: the kernel ties the process to that thread.
 */
final class PostgresServer {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    private static final int MAX_PORTS = 3;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final Duration SAY_EVERY = Duration.ofSeconds(30);

    /** Small, durable, quick to commit. What is not said here is PostgreSQL's default. */
    private static final List<String> TUNING =
            List.of(
                    "listen_addresses=" + LoopbackPort.HOST,
                    "unix_socket_directories=",
                    "max_connections=40",
                    "shared_buffers=128MB",
                    "work_mem=8MB",
                    "maintenance_work_mem=64MB",
                    "effective_cache_size=512MB",
                    // Every commit that was answered is on the disk.
                    "fsync=on",
                    "synchronous_commit=on",
                    "full_page_writes=on",
                    // Nobody replicates from here: the log only repairs.
                    "wal_level=minimal",
                    "max_wal_senders=0",
                    "wal_compression=on",
                    "max_wal_size=1GB",
                    "checkpoint_timeout=15min",
                    "jit=off",
                    "random_page_cost=1.1",
                    "io_method=sync",
                    "max_parallel_workers_per_gather=0",
                    "max_logical_replication_workers=0",
                    // A first sync fills tables from nothing: count and clean them soon.
                    "autovacuum_naptime=10s",
                    "autovacuum_vacuum_scale_factor=0.1",
                    "autovacuum_analyze_scale_factor=0.05",
                    "log_checkpoints=off",
                    "log_timezone=UTC",
                    "timezone=UTC");

    private final PostgresDirectory directory;
    private final Settings settings;
    private final int port;
    private final CompletableFuture<PostgresServer> started = new CompletableFuture<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("embedded-postgres").unstarted(this::keepRunning);

    private boolean isStopping;
    private @Nullable Process process;

    private PostgresServer(PostgresDirectory directory, Settings settings, int port) {
        this.directory = directory;
        this.settings = settings;
        this.port = port;
    }

    /** Returns once connections are taken; an interrupt ends the start. */
    static PostgresServer start(PostgresDirectory directory, Settings settings) {
        if (settings.port() != 0) {
            LoopbackPort.check(settings.port());
            return new PostgresServer(directory, settings, settings.port()).start();
        }
        for (int tries = 1; ; tries++) {
            int port = LoopbackPort.free();
            try {
                return new PostgresServer(directory, settings, port).start();
            } catch (SyncException failed) {
                boolean isPortTaken =
                        !LoopbackPort.isFree(port); // between our look and the server's
                boolean isCancelled = Thread.currentThread().isInterrupted();
                if (!isPortTaken || isCancelled || tries == MAX_PORTS) {
                    throw failed;
                }
            }
        }
    }

    private PostgresServer start() {
        thread.start();
        try {
            return started.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof SyncException why
                    ? why
                    : new IllegalStateException(failed);
        } catch (InterruptedException cancelled) {
            stop();
            Thread.currentThread().interrupt();
            throw new SyncException(
                    ErrorCode.START_FAILED, "PostgreSQL's start was cancelled.", cancelled);
        }
    }

    int port() {
        return port;
    }

    /** The process at the moment; it may have died already. */
    synchronized Optional<Process> process() {
        return Optional.ofNullable(process);
    }

    private synchronized boolean isStopping() {
        return isStopping;
    }

    private void keepRunning() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!isStopping()) {
                boolean ran = runOnce();
                if (!started.isDone() || started.isCompletedExceptionally()) {
                    return;
                }
                pause = ran ? FIRST_PAUSE : longer(pause);
                Thread.sleep(pause);
            }
        } catch (InterruptedException stopped) {
            LOG.debug("The embedded PostgreSQL is stopped");
        }
    }

    private static Duration longer(Duration pause) {
        Duration next = pause.multipliedBy(2);
        return next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
    }

    /** Starts the server and stays until it ends; false where it never took connections. */
    private boolean runOnce() throws InterruptedException {
        try {
            Process launched = launch();
            started.complete(this);
            int status = launched.waitFor();
            if (!isStopping()) {
                LOG.atWarn()
                        .addKeyValue("code", ErrorCode.DEPENDENCY_UNAVAILABLE.id())
                        .addKeyValue("status", status)
                        .log("PostgreSQL died and is started again");
            }
            return true;
        } catch (SyncException failed) {
            if (!started.completeExceptionally(failed) && !isStopping()) {
                LOG.atError().addKeyValue("code", failed.code().id()).log(failed.getMessage());
            }
            return false;
        }
    }

    private Process launch() throws InterruptedException {
        try {
            ServerProcesses processes = new ServerProcesses(directory.data());
            processes.clear();
            long logBegin = directory.log().end();
            Process launched = startProcess();
            awaitReady(launched, processes, logBegin);
            return launched;
        } catch (IOException failed) {
            throw new SyncException(
                    ErrorCode.START_FAILED, "PostgreSQL did not start: " + failed + ".", failed);
        }
    }

    /** Under the lock, so that {@link #stop} sees every process or prevents it. */
    private synchronized Process startProcess() throws IOException {
        if (isStopping) {
            throw new SyncException(ErrorCode.START_FAILED, "PostgreSQL is being stopped.");
        }
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-D", directory.data().toString(), "-p", Integer.toString(port)));
        for (String setting : TUNING) {
            arguments.addAll(List.of("-c", setting));
        }
        process = directory.program("postgres", arguments).start(directory.log().file());
        return process;
    }

    /** A recovery is not cut short: the next one would begin where this one did. */
    private void awaitReady(Process launched, ServerProcesses processes, long logBegin)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Duration sayAfter = SAY_EVERY;
        State state = processes.state(launched.pid());
        while (state != State.READY) {
            if (launched.waitFor(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw notStarted("did not start", logBegin);
            }
            Duration waited = Duration.ofNanos(System.nanoTime() - begin);
            boolean isLate = waited.compareTo(settings.startTimeout()) > 0;
            if (isLate && state != State.RECOVERING) {
                end(launched);
                throw notStarted("was not ready within " + settings.startTimeout(), logBegin);
            }
            if (state == State.RECOVERING && waited.compareTo(sayAfter) > 0) {
                sayWaiting(waited);
                sayAfter = waited.plus(SAY_EVERY);
            }
            state = processes.state(launched.pid());
        }
    }

    private static void sayWaiting(Duration waited) {
        LOG.atWarn()
                .addKeyValue("code", ErrorCode.DEPENDENCY_UNAVAILABLE.id())
                .addKeyValue("seconds", waited.toSeconds())
                .log("PostgreSQL recovers and is waited for");
    }

    private SyncException notStarted(String what, long logBegin) throws IOException {
        ServerLog log = directory.log();
        return new SyncException(
                ErrorCode.START_FAILED,
                "PostgreSQL %s; its log %s ends: %s"
                        .formatted(what, log.file(), log.since(logBegin)));
    }

    /** Stops the server, by force where it takes too long, and gives the directory free. */
    void stop() {
        Optional<Process> last = stopStarting();
        try {
            if (last.isPresent()) {
                end(last.get());
            }
            thread.interrupt();
            thread.join();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt(); // the kernel or the next start ends what is left
        } finally {
            directory.close();
        }
    }

    private synchronized Optional<Process> stopStarting() {
        isStopping = true;
        return process();
    }

    private void end(Process running) throws InterruptedException {
        if (!running.isAlive()) {
            return;
        }
        ServerProcesses.interrupt(running.pid());
        if (running.waitFor(settings.stopTimeout())) {
            return;
        }
        ServerProcesses.quit(running.pid());
        if (!running.waitFor(AT_ONCE)) {
            running.destroyForcibly().waitFor();
        }
    }
}
