package io.driftless.watcher;

import io.driftless.event.Hint;
import io.driftless.event.Hint.Origin;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.tree.FolderId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Paths that something happened to and that are not hinted yet. Filled by the watch and emptied by
 * the sender, on different threads. Times are milliseconds of the flow's timer.
 */
final class HintBuffer {
    private final FolderId folder;
    private final WatchSettings settings;

    /** When each waiting path is due. */
    private final Map<EntryPath, Long> due = new LinkedHashMap<>();

    /** When paths were last hinted; forgotten after the quiet time. */
    private final LinkedHashMap<EntryPath, Long> sent = new LinkedHashMap<>();

    private final Set<EntryPath> directories = new HashSet<>();
    private final TreeSet<EntryPath> trees = new TreeSet<>();

    HintBuffer(FolderId folder, WatchSettings settings) {
        this.folder = folder;
        this.settings = settings;
    }

    synchronized void add(WatchEvent event, long now) {
        switch (event) {
            case WatchEvent.Changed(EntryPath path) -> addPath(path, dueOfChange(path, now));
            case WatchEvent.Modified(EntryPath path) ->
                    due.putIfAbsent(path, now + settings.openWriter().toMillis());
            case WatchEvent.Appeared(EntryPath directory) -> {
                addPath(directory, now);
                addTree(directory);
            }
            case WatchEvent.Lost(EntryPath directory) -> addTree(directory);
            case WatchEvent.Degraded(EntryPath directory, String reason) -> addTree(directory);
            case WatchEvent.Watching(long count) -> {}
        }
        if (due.size() + directories.size() + trees.size() > settings.maxPending()) {
            collapse();
        }
    }

    private long dueOfChange(EntryPath path, long now) {
        Long before = sent.get(path);
        return before == null ? now : Math.max(now, before + settings.quiet().toMillis());
    }

    private void addPath(EntryPath path, long at) {
        due.merge(path, at, Math::min);
    }

    private void addTree(EntryPath top) {
        trees.removeIf(top::isAncestorOf);
        if (trees.stream().noneMatch(known -> known.equals(top) || known.isAncestorOf(top))) {
            trees.add(top);
        }
    }

    /** Everything waiting becomes its directory, and when those are too many, the whole folder. */
    private void collapse() {
        due.keySet().forEach(path -> directories.add(path.parent()));
        due.clear();
        if (directories.size() + trees.size() > settings.maxPending() / 2) {
            directories.clear();
            trees.clear();
            trees.add(EntryPath.ROOT);
        }
    }

    /** Takes out everything that is due, as hints. */
    synchronized List<Hint> take(long now) {
        forgetSentBefore(now - settings.quiet().toMillis());
        List<Hint> hints = new ArrayList<>();
        for (EntryPath directory : directories) {
            hints.add(Hint.directory(folder, directory, Origin.WATCH));
        }
        directories.clear();
        takePaths(now).forEach((directory, paths) -> addEntryHints(hints, directory, paths));
        for (EntryPath top : trees) {
            hints.add(Hint.tree(folder, top, Origin.WATCH, Optional.empty()));
        }
        trees.clear();
        return hints;
    }

    private Map<EntryPath, List<EntryPath>> takePaths(long now) {
        Map<EntryPath, List<EntryPath>> byDirectory = new HashMap<>();
        due.entrySet()
                .removeIf(waiting -> {
                    if (waiting.getValue() > now) {
                        return false;
                    }
                    EntryPath path = waiting.getKey();
                    byDirectory
                            .computeIfAbsent(path.parent(), parent -> new ArrayList<>())
                            .add(path);
                    sent.remove(path);
                    sent.put(path, now);
                    return true;
                });
        return byDirectory;
    }

    private void addEntryHints(List<Hint> hints, EntryPath directory, List<EntryPath> paths) {
        for (int from = 0; from < paths.size(); from += Hint.MAX_PATHS) {
            Collection<EntryPath> some =
                    paths.subList(from, Math.min(paths.size(), from + Hint.MAX_PATHS));
            hints.add(Hint.entries(folder, directory, List.copyOf(some), Origin.WATCH));
        }
    }

    private void forgetSentBefore(long time) {
        var oldest = sent.entrySet().iterator();
        while (oldest.hasNext() && oldest.next().getValue() < time) {
            oldest.remove();
        }
    }

    /** When the next waiting path is due. */
    synchronized Optional<Long> nextDue() {
        if (!directories.isEmpty() || !trees.isEmpty()) {
            return Optional.of(0L);
        }
        return due.values().stream().min(Long::compare);
    }
}
