package io.driftless.adapter.disk;

import io.driftless.port.SourceWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchService;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Watches a tree by {@link WatchService}, which asks the platform or, where that has nothing of the
 * kind, looks again and again. It does not say when a file is closed: every writing is told as a
 * change. A thread of its own reads the events from subscription to cancellation. Ends with {@code
 * ROOT_LOST} where the root is removed or replaced.
 */
public final class PortableWatch implements SourceWatch {
    private final Path root;
    private final int maxBufferedEvents;

    /**
     * @param maxBufferedEvents events kept for a subscriber that is slow; one more, and all of them
     *     become one loss
     */
    public PortableWatch(Path root, int maxBufferedEvents) {
        this.root = root;
        this.maxBufferedEvents = maxBufferedEvents;
    }

    @Override
    public Flux<WatchEvent> watch() {
        return Flux.create(this::start, FluxSink.OverflowStrategy.IGNORE);
    }

    private void start(FluxSink<WatchEvent> sink) {
        EventQueue events = new EventQueue(sink, maxBufferedEvents);
        sink.onRequest(_ -> events.drain());
        try {
            WatchService service = root.getFileSystem().newWatchService();
            sink.onDispose(() -> close(service));
            PortableWatchLoop loop =
                    new PortableWatchLoop(new PortableRoot(root), service, events, sink);
            Thread.ofPlatform().daemon().name("watch " + root).start(loop);
        } catch (IOException | UnsupportedOperationException noWatching) {
            events.tellUnwatchable(noWatching.toString());
        }
    }

    private static void close(WatchService service) {
        try {
            service.close();
        } catch (IOException failed) {
            throw PortableFailures.writing("close", "the watch", failed);
        }
    }
}
