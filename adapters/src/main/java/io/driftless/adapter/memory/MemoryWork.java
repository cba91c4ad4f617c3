package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled.Deviating;
import io.driftless.tree.Entry;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The paths that are still to be made as desired, each with the kinds of work it needs. */
final class MemoryWork {
    private final NavigableMap<EntryPath, Item> items = new TreeMap<>();

    /**
     * @param kinds not empty
     * @param seen of an extra, a number for what was found there
     * @param deviation how the last try ended; not due before its next
     */
    record Item(Set<Kind> kinds, boolean isExtra, long seen, Optional<Deviating> deviation) {
        Item with(Optional<Deviating> other) {
            return new Item(kinds, isExtra, seen, other);
        }

        Instant next() {
            return deviation.map(Deviating::next).orElse(TargetState.NOT_TRIED);
        }

        boolean isDue(Instant now) {
            return !next().isAfter(now);
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
        items.replaceAll((_, item) -> item.with(Optional.empty()));
    }

    /** Forgets what work the path had: this is what it needs. */
    void replace(EntryPath path, Set<Kind> kinds) {
        items.put(path, new Item(kinds, false, 0, Optional.empty()));
    }

    /** Adds a kind of work, due at once; what is work already is an extra or not as it was. */
    void add(EntryPath path, Kind kind, boolean isExtra) {
        EnumSet<Kind> kinds = EnumSet.of(kind);
        item(path).ifPresent(item -> kinds.addAll(item.kinds()));
        boolean remains = item(path).map(Item::isExtra).orElse(isExtra);
        long seen = item(path).map(Item::seen).orElse(0L);
        items.put(path, new Item(kinds, remains, seen, Optional.empty()));
    }

    /** The same, with what was seen there. */
    void demand(Demand demand) {
        add(demand.path(), demand.kind(), demand.isExtra());
        items.computeIfPresent(
                demand.path(),
                (_, item) ->
                        new Item(item.kinds(), item.isExtra(), demand.seen(), item.deviation()));
    }

    /** Each with what was seen there. */
    SortedMap<EntryPath, Long> extras() {
        SortedMap<EntryPath, Long> extras = new TreeMap<>();
        items.forEach((path, item) -> {
            if (item.isExtra() && item.kinds().contains(Kind.REMOVAL)) {
                extras.put(path, item.seen());
            }
        });
        return extras;
    }

    /** Whatever is to be removed was never put there. */
    void disownRemovals() {
        items.replaceAll((_, item) ->
                item.kinds().contains(Kind.REMOVAL)
                        ? new Item(item.kinds(), true, item.seen(), item.deviation())
                        : item);
    }

    void approveExtras() {
        items.replaceAll((_, item) ->
                item.isExtra()
                        ? new Item(item.kinds(), false, item.seen(), Optional.empty())
                        : item);
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
            items.put(
                    path,
                    new Item(rest, item.get().isExtra(), item.get().seen(), Optional.empty()));
        }
    }

    /** Puts the path's work, this kind at least, off until the deviation's next. */
    void defer(Kind kind, Deviating deviation) {
        EntryPath path = deviation.path();
        add(path, kind, item(path).map(Item::isExtra).orElse(false));
        items.computeIfPresent(path, (_, item) -> item.with(Optional.of(deviation)));
    }

    /** Due paths in the order in which this kind of work is done. */
    List<EntryPath> due(Kind kind, Instant now, int limit) {
        boolean isDownwards = kind == Kind.DIRECTORY || kind == Kind.CONTENT;
        var due =
                (isDownwards ? items : items.descendingMap())
                        .entrySet().stream()
                                .filter(entry -> entry.getValue().kinds().contains(kind))
                                .filter(entry -> entry.getValue().isDue(now));
        return (kind == Kind.CONTENT
                        ? due.sorted(Comparator.comparing(entry -> entry.getValue().next()))
                        : due)
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
