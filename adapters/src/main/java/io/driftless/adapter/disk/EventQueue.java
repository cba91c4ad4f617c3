package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;

/** Holds a bounded number of events for a subscriber that is slower than the file system. */
final class EventQueue {
    private final FluxSink<WatchEvent> sink;
    private final int maxEvents;
    private final Deque<WatchEvent> waiting = new ArrayDeque<>();
    private final AtomicInteger drains = new AtomicInteger();
    private boolean isLossWaiting;

    EventQueue(FluxSink<WatchEvent> sink, int maxEvents) {
        this.sink = sink;
        this.maxEvents = maxEvents;
    }

    void tell(WatchEvent event) {
        add(event);
        drain();
    }

    /** Nothing can be watched: whoever waits for the watch to stand must not wait for ever. */
    void tellUnwatchable(String reason) {
        tell(new WatchEvent.Degraded(EntryPath.ROOT, reason));
        tell(new WatchEvent.Watching(0));
    }

    private synchronized void add(WatchEvent event) {
        if (event.equals(waiting.peekLast()) || (isLossWaiting && isChange(event))) {
            return;
        }
        WatchEvent kept = waiting.size() < maxEvents ? event : whole(event);
        if (kept != event) {
            waiting.removeIf(other ->
                    other.getClass() == kept.getClass() || (isChange(other) && isChange(kept)));
        }
        isLossWaiting |= kept.equals(new WatchEvent.Lost(EntryPath.ROOT));
        waiting.add(kept);
    }

    /** What says as much of the root as all events of its kind that wait. */
    private static WatchEvent whole(WatchEvent event) {
        return switch (event) {
            case WatchEvent.Degraded(EntryPath _, String reason) ->
                    new WatchEvent.Degraded(EntryPath.ROOT, reason);
            case WatchEvent.Watching watching -> watching;
            case WatchEvent.Modified _,
                    WatchEvent.Changed _,
                    WatchEvent.Appeared _,
                    WatchEvent.Lost _ ->
                    new WatchEvent.Lost(EntryPath.ROOT);
        };
    }

    private static boolean isChange(WatchEvent event) {
        return !(event instanceof WatchEvent.Degraded || event instanceof WatchEvent.Watching);
    }

    private synchronized @Nullable WatchEvent poll() {
        WatchEvent event = waiting.poll();
        if (event instanceof WatchEvent.Lost(EntryPath directory) && directory.isRoot()) {
            isLossWaiting = false;
        }
        return event;
    }

    /** Gives what is asked for, by one thread at a time. */
    void drain() {
        if (drains.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            giveAll();
            seen = drains.addAndGet(-seen);
        }
    }

    private void giveAll() {
        while (sink.requestedFromDownstream() > 0 && !sink.isCancelled()) {
            WatchEvent event = poll();
            if (event == null) {
                return;
            }
            sink.next(event);
        }
    }
}
