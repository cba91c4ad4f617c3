package io.driftless.adapter.disk;

import io.driftless.port.SourceWatch;
import java.nio.file.Path;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Watches a tree by inotify, one watch for each directory. A thread of its own reads the events
 * from subscription to cancellation. Ends with {@code ROOT_LOST} where the root is removed or
 * renamed: what would be told afterwards is not of the folder.
 */
public final class InotifyWatch implements SourceWatch {
    /** Enough for a burst, and a few megabytes. */
    public static final int DEFAULT_MAX_BUFFERED_EVENTS = 65_536;

    private final Path root;
    private final int maxBufferedEvents;

    /**
     * @param maxBufferedEvents events kept for a subscriber that is slow; one more, and all of them
     *     become one loss
     */
    public InotifyWatch(Path root, int maxBufferedEvents) {
        this.root = root;
        this.maxBufferedEvents = maxBufferedEvents;
    }

    @Override
    public Flux<WatchEvent> watch() {
        return Flux.create(this::start, FluxSink.OverflowStrategy.IGNORE);
    }

    private void start(FluxSink<WatchEvent> sink) {
        Root watched = new Root(root);
        EventQueue events = new EventQueue(sink, maxBufferedEvents);
        sink.onRequest(_ -> events.drain());
        Inotify inotify = new Inotify();
        if (inotify.state() < 0) {
            String reason =
                    "inotify_init1: "
                            + Errno.name(-inotify.state())
                            + "; see fs.inotify.max_user_instances";
            inotify.close();
            events.tellUnwatchable(reason);
            return;
        }
        sink.onDispose(inotify::wake);
        WatchLoop loop = new WatchLoop(watched, inotify, events, sink);
        Thread.ofPlatform().daemon().name("inotify " + root).start(loop);
    }
}
