package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled.Deviating;
import io.driftless.tree.Entry;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The paths that are still to be made as desired, each with the kinds of work it needs. */
final class MemoryWork {
    private final NavigableMap<EntryPath, Item> items = new TreeMap<>();

    /**
     * @param kinds not empty
     * @param deviation how the last try ended; not due before its next
     */
    record Item(Set<Kind> kinds, boolean isExtra, Optional<Deviating> deviation) {
        boolean isDue(Instant now) {
            return deviation.isEmpty() || !deviation.get().next().isAfter(now);
        }
    }

    /** The kinds of work that make a path as desired. */
    static Set<Kind> kindsOf(Optional<Entry> desired) {
        if (desired.isEmpty()) {
            return EnumSet.of(Kind.REMOVAL);
        }
        return desired.get() instanceof Entry.DirectoryEntry
                ? EnumSet.of(Kind.DIRECTORY, Kind.DIRECTORY_METADATA)
                : EnumSet.of(Kind.CONTENT);
    }

    Set<EntryPath> paths() {
        return items.keySet();
    }

    /** Makes every deviation due at once. */
    void retryAll() {
        items.replaceAll((_, item) -> new Item(item.kinds(), item.isExtra(), Optional.empty()));
    }

    /** Forgets what work the path had: this is what it needs. */
    void replace(EntryPath path, Set<Kind> kinds) {
        items.put(path, new Item(kinds, false, Optional.empty()));
    }

    /** Adds a kind of work, due at once; what was none before becomes no extra. */
    void add(EntryPath path, Kind kind, boolean isExtra) {
        EnumSet<Kind> kinds = EnumSet.of(kind);
        item(path).ifPresent(item -> kinds.addAll(item.kinds()));
        boolean wasOurs = item(path).filter(item -> !item.isExtra()).isPresent();
        items.put(path, new Item(kinds, isExtra && !wasOurs, Optional.empty()));
    }

    List<EntryPath> extras() {
        return items.entrySet().stream()
                .filter(item -> item.getValue().isExtra())
                .filter(item -> item.getValue().kinds().contains(Kind.REMOVAL))
                .map(Map.Entry::getKey)
                .toList();
    }

    void approveExtras() {
        items.replaceAll((_, item) ->
                item.isExtra() ? new Item(item.kinds(), false, Optional.empty()) : item);
    }

    /** Ends one kind of work at the path, and its deviation. */
    void end(EntryPath path, Kind kind) {
        Optional<Item> item = item(path);
        if (item.isEmpty()) {
            return;
        }
        EnumSet<Kind> rest = EnumSet.copyOf(item.get().kinds());
        rest.remove(kind);
        if (rest.isEmpty()) {
            items.remove(path);
        } else {
            items.put(path, new Item(rest, item.get().isExtra(), Optional.empty()));
        }
    }

    /** Puts the path's work, this kind at least, off until the deviation's next. */
    void defer(Kind kind, Deviating deviation) {
        EntryPath path = deviation.path();
        add(path, kind, item(path).map(Item::isExtra).orElse(false));
        Item item = item(path).orElseThrow();
        items.put(path, new Item(item.kinds(), item.isExtra(), Optional.of(deviation)));
    }

    /** Due paths in the order in which this kind of work is done. */
    List<EntryPath> due(Kind kind, Instant now, int limit) {
        boolean isDownwards = kind == Kind.DIRECTORY || kind == Kind.CONTENT;
        return (isDownwards ? items : items.descendingMap())
                .entrySet().stream()
                        .filter(entry -> entry.getValue().kinds().contains(kind))
                        .filter(entry -> entry.getValue().isDue(now))
                        .map(entry -> entry.getKey())
                        .limit(limit)
                        .toList();
    }

    Optional<Item> item(EntryPath path) {
        return Optional.ofNullable(items.get(path));
    }

    boolean has(EntryPath path, Kind kind) {
        return item(path).filter(item -> item.kinds().contains(kind)).isPresent();
    }

    long withoutDeviation() {
        return items.values().stream().filter(item -> item.deviation().isEmpty()).count();
    }

    Stream<Deviating> deviations() {
        return items.values().stream().flatMap(item -> item.deviation().stream());
    }
}
