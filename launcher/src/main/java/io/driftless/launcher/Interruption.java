package io.driftless.launcher;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Turns Ctrl-C and SIGTERM into a request to stop, waits a few seconds for the program to stop by
 * itself, and ends the process with the status of an interrupted one, also where nobody reads what
 * it prints.
 */
final class Interruption {
    private static final int INTERRUPTED = 130;

    /** A little more than closing may take. */
    private static final Duration MAX_WAIT = Duration.ofMillis(5_500);

    /** The last words may wait for output that nobody reads. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Sinks.Empty<Void> requested = Sinks.empty();
    private final CountDownLatch done = new CountDownLatch(1);

    /** Listens from now on. */
    static Interruption listen() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::onShutdown, "interruption"));
        return interruption;
    }

    /** Completes when somebody asked this process to stop. */
    Mono<Void> requested() {
        return requested.asMono();
    }

    /** The program has said all it had to say: to be called before the process ends by itself. */
    void programIsDone() {
        done.countDown();
    }

    private void onShutdown() {
        if (done.getCount() == 0) {
            return;
        }
        beside(requested::tryEmitEmpty);
        try {
            boolean isInTime = done.await(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
            if (!isInTime) {
                beside(Interruption::sayCutShort).join(LAST_WORDS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(INTERRUPTED);
    }

    /** Whatever prints may wait for its reader for ever. */
    private static Thread beside(Runnable work) {
        return Thread.ofPlatform().daemon().name("interruption-beside").start(work);
    }

    private static void sayCutShort() {
        System.err.println(
                "driftless: stopping took too long and was cut short; nothing is lost by that");
    }
}
