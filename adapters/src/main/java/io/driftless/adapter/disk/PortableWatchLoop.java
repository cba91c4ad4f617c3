package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent.Kind;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;

/** Turns what a watch service says into what the port says, until cancelled. */
final class PortableWatchLoop implements Runnable {
    private static final long ROOT_CHECK_SECONDS = 1;

    private final PortableRoot root;
    private final WatchService service;
    private final EventQueue events;
    private final FluxSink<WatchEvent> sink;
    private final PortableWatchKeys keys;

    PortableWatchLoop(
            PortableRoot root, WatchService service, EventQueue events, FluxSink<WatchEvent> sink) {
        this.root = root;
        this.service = service;
        this.events = events;
        this.sink = sink;
        this.keys = new PortableWatchKeys(root, service, events);
    }

    @Override
    public void run() {
        try {
            root.open().close();
            keys.register(EntryPath.ROOT);
            events.tell(new WatchEvent.Watching(keys.count()));
            while (!sink.isCancelled()) {
                step();
            }
        } catch (ClosedWatchServiceException cancelled) {
            sink.complete();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            sink.error(
                    new SyncException(
                            ErrorCode.WATCH_DEGRADED, "The watch was interrupted.", stopped));
        } catch (IOException failure) {
            sink.error(PortableFailures.reading(EntryPath.ROOT, failure));
        } catch (RuntimeException failure) {
            sink.error(failure);
        }
    }

    private void step() throws InterruptedException, IOException {
        @Nullable WatchKey key = service.poll(ROOT_CHECK_SECONDS, TimeUnit.SECONDS);
        if (key == null) {
            root.open().close();
            return;
        }
        // Drained before the directory is looked up: handling one event may give it another path.
        for (java.nio.file.WatchEvent<?> event : key.pollEvents()) {
            keys.pathOf(key).ifPresent(directory -> tell(directory, event));
        }
        if (!key.reset()) {
            keys.pathOf(key).ifPresent(this::gone);
        }
    }

    private void gone(EntryPath directory) {
        keys.forget(directory);
        if (directory.isRoot()) {
            throw new SyncException(ErrorCode.ROOT_LOST, "Root " + root.path() + " was removed.");
        }
    }

    private void tell(EntryPath directory, java.nio.file.WatchEvent<?> event) {
        Kind<?> kind = event.kind();
        if (!(event.context() instanceof Path name)) {
            keys.register(directory);
            events.tell(new WatchEvent.Lost(directory));
            return;
        }
        EntryPath path = directory.child(PortablePaths.nameOf(root.path().resolve(name)));
        if (Own.holds(path)) {
            return;
        }
        if (kind == StandardWatchEventKinds.ENTRY_DELETE) {
            keys.forget(path);
            events.tell(new WatchEvent.Changed(path));
        } else if (kind == StandardWatchEventKinds.ENTRY_CREATE && isDirectory(path)) {
            keys.forget(path);
            keys.register(path);
            events.tell(new WatchEvent.Appeared(path));
        } else {
            events.tell(new WatchEvent.Changed(path));
        }
    }

    private boolean isDirectory(EntryPath path) {
        try (PortableDirectory top = root.open();
                PortableDirectory parent = top.open(path.parent())) {
            return parent.stat(path.nameBytes()).kind() == Stat.Kind.DIRECTORY;
        } catch (IOException gone) {
            return false; // Told as a change: whoever looks there sees what it is.
        }
    }
}
