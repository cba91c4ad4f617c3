package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent.Kind;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The directories that are watched. A service may give a directory that was moved the key it had
 * under its old name; the newest name counts.
 */
final class PortableWatchKeys {
    private static final Kind<?>[] KINDS = {
        StandardWatchEventKinds.ENTRY_CREATE,
        StandardWatchEventKinds.ENTRY_DELETE,
        StandardWatchEventKinds.ENTRY_MODIFY
    };

    private final PortableRoot root;
    private final WatchService service;
    private final EventQueue events;
    private final NavigableMap<EntryPath, WatchKey> keys = new TreeMap<>();
    private final Map<WatchKey, EntryPath> paths = new HashMap<>();

    PortableWatchKeys(PortableRoot root, WatchService service, EventQueue events) {
        this.root = root;
        this.service = service;
        this.events = events;
    }

    long count() {
        return keys.size();
    }

    Optional<EntryPath> pathOf(WatchKey key) {
        return Optional.ofNullable(paths.get(key));
    }

    /**
     * Watches a directory and all below it, each before its names are read. What is gone again is
     * passed over.
     */
    void register(EntryPath top) {
        Deque<EntryPath> waiting = new ArrayDeque<>(List.of(top));
        while (!waiting.isEmpty()) {
            EntryPath directory = waiting.pop();
            try {
                watch(directory);
                children(directory).forEach(waiting::push);
            } catch (IOException failure) {
                forget(directory);
                if (!PortableFailures.isAbsent(failure)) {
                    String reason = PortableFailures.message("watch", directory, failure);
                    events.tell(new WatchEvent.Degraded(directory, reason));
                }
            }
        }
    }

    private void watch(EntryPath directory) throws IOException {
        try (PortableDirectory top = root.open();
                PortableDirectory opened = top.open(directory)) {
            WatchKey key = opened.path().register(service, KINDS);
            opened.check(); // The service takes a whole path, and this one may have become a
            // symlink.
            keys.put(directory, key);
            paths.put(key, directory);
        }
    }

    private List<EntryPath> children(EntryPath directory) throws IOException {
        try (PortableDirectory top = root.open();
                PortableDirectory opened = top.open(directory)) {
            return opened.children().stream()
                    .filter(child -> child.kind() == Stat.Kind.DIRECTORY)
                    .map(child -> directory.child(child.name()))
                    .filter(child -> !Own.holds(child))
                    .toList();
        }
    }

    /** Watches a directory, and all below it, no more under this name. */
    void forget(EntryPath directory) {
        List<EntryPath> gone =
                keys.tailMap(directory).keySet().stream()
                        .takeWhile(path -> path.equals(directory) || directory.isAncestorOf(path))
                        .toList();
        for (EntryPath path : gone) {
            Optional.ofNullable(keys.remove(path))
                    .filter(key -> pathOf(key).equals(Optional.of(path)))
                    .ifPresent(key -> {
                        paths.remove(key);
                        key.cancel();
                    });
        }
    }
}
