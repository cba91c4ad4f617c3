package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import reactor.core.Disposable;

/**
 * Who hears of a tree's changes and readings. A listener may edit the tree and may leave while it
 * is told.
 */
final class MemoryListeners {
    private final List<Consumer<WatchEvent>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<EntryPath>> readers = new CopyOnWriteArrayList<>();

    private final List<Runnable> changes = new CopyOnWriteArrayList<>();

    Disposable add(Consumer<WatchEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    Disposable addReader(Consumer<EntryPath> reader) {
        readers.add(reader);
        return () -> readers.remove(reader);
    }

    Disposable addChange(Runnable hook) {
        changes.add(hook);
        return () -> changes.remove(hook);
    }

    void beforeChange() {
        changes.forEach(Runnable::run);
    }

    void tell(WatchEvent event) {
        if (!MemoryLook.isOwn(pathOf(event))) {
            listeners.forEach(listener -> listener.accept(event));
        }
    }

    void tellOfReading(EntryPath path) {
        readers.forEach(reader -> reader.accept(path));
    }

    private static EntryPath pathOf(WatchEvent event) {
        return switch (event) {
            case WatchEvent.Modified(EntryPath path) -> path;
            case WatchEvent.Changed(EntryPath path) -> path;
            case WatchEvent.Appeared(EntryPath directory) -> directory;
            case WatchEvent.Lost(EntryPath directory) -> directory;
            case WatchEvent.Degraded(EntryPath directory, String _) -> directory;
            case WatchEvent.Watching _ -> EntryPath.ROOT;
        };
    }
}
