package io.driftless.adapter.disk;

import io.driftless.port.SourceWatch.WatchEvent;
import java.util.List;
import reactor.core.publisher.FluxSink;

/**
 * Reads events and registers directories by turns until cancelled, so that neither waits long for
 * the other.
 */
final class WatchLoop implements Runnable {
    private static final int DIRECTORIES_AT_ONCE = 64;

    /** Both events of a move are written one right after the other. */
    private static final int MOVE_MILLIS = 20;

    /** Nobody tells that something was mounted on the root, or on a directory above it. */
    private static final int ROOT_CHECK_MILLIS = 2_000;

    private final Root root;
    private final Inotify inotify;
    private final EventQueue events;
    private final FluxSink<WatchEvent> sink;

    WatchLoop(Root root, Inotify inotify, EventQueue events, FluxSink<WatchEvent> sink) {
        this.root = root;
        this.inotify = inotify;
        this.events = events;
        this.sink = sink;
    }

    @Override
    public void run() {
        try (inotify) {
            Registry registry = new Registry(root, inotify, events);
            EventHandling handling = new EventHandling(root, registry, events);
            registry.watchAll();
            while (!sink.isCancelled()) {
                registry.registerSome(DIRECTORIES_AT_ONCE);
                List<Inotify.Event> batch = inotify.await(timeoutMillis(registry, handling));
                if (batch.isEmpty() && !registry.isBusy()) {
                    root.open().close();
                }
                handling.handle(batch);
            }
        } catch (Throwable failure) {
            // Whatever ends this thread is told: nothing else would show that nobody watches.
            sink.error(failure);
        }
    }

    private static int timeoutMillis(Registry registry, EventHandling handling) {
        if (registry.isBusy()) {
            return 0;
        }
        return handling.awaitsMoves() ? MOVE_MILLIS : ROOT_CHECK_MILLIS;
    }
}
