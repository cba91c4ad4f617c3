package io.driftless.adapter.memory;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.FluxSink.OverflowStrategy;

/**
 * Watches a {@link MemoryTree}: every event is told at once, while the edit that caused it returns.
 */
public final class MemorySourceWatch implements SourceWatch {
    private final MemoryTree tree;
    private final int maxBuffered;

    /**
     * @param maxBuffered events kept for a subscriber that is slow; one more, and all of them
     *     become one loss
     */
    public MemorySourceWatch(MemoryTree tree, int maxBuffered) {
        this.tree = tree;
        this.maxBuffered = maxBuffered;
    }

    @Override
    public Flux<WatchEvent> watch() {
        return Flux.create(sink -> new Watcher(sink).start(), OverflowStrategy.IGNORE);
    }

    private final class Watcher {
        private final FluxSink<WatchEvent> sink;
        private final Queue<WatchEvent> waiting = new ArrayDeque<>();
        private long watched;

        Watcher(FluxSink<WatchEvent> sink) {
            this.sink = sink;
        }

        void start() {
            Optional<MemoryNode> root = tree.node(EntryPath.ROOT);
            if (root.isEmpty()) {
                sink.error(new SyncException(ErrorCode.ROOT_LOST, "There is no root to watch."));
                return;
            }
            Disposable listening = tree.listen(this::tell);
            sink.onDispose(listening);
            sink.onRequest(_ -> drain());
            register(EntryPath.ROOT, root.get());
            tell(new WatchEvent.Watching(watched));
        }

        private void register(EntryPath path, MemoryNode node) {
            if (!node.isDirectory() || MemoryLook.isOwn(path)) {
                return;
            }
            if (!node.isReadable) {
                tell(new WatchEvent.Degraded(path, "Directory " + path + " may not be listed."));
                return;
            }
            watched++;
            node.children.forEach((name, child) -> register(path.child(name.nameBytes()), child));
        }

        private void tell(WatchEvent event) {
            boolean isLost = isChange(event) && waiting.size() >= maxBuffered;
            if (isLost) {
                waiting.removeIf(Watcher::isChange);
            }
            waiting.add(isLost ? new WatchEvent.Lost(EntryPath.ROOT) : event);
            drain();
        }

        private static boolean isChange(WatchEvent event) {
            return !(event instanceof WatchEvent.Watching || event instanceof WatchEvent.Degraded);
        }

        private void drain() {
            while (!waiting.isEmpty() && sink.requestedFromDownstream() > 0) {
                sink.next(waiting.remove());
            }
        }
    }
}
