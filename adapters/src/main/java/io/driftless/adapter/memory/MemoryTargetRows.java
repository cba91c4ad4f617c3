package io.driftless.adapter.memory;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.guard.LeftIncarnations;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Intent;
import io.driftless.port.TargetState.Requests;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What a target state keeps when its owner is gone. Every map is in path order. */
final class MemoryTargetRows {
    final String agent;
    final NavigableMap<EntryPath, Change> collected = new TreeMap<>();
    final NavigableMap<EntryPath, Applied> applied = new TreeMap<>();
    final NavigableMap<EntryPath, Intent> intents = new TreeMap<>();
    final MemoryWork work = new MemoryWork();

    NavigableMap<EntryPath, Entry> desired = new TreeMap<>();
    MemoryManifest manifest = new MemoryManifest(List.of());
    Requests requestsDone = Requests.NONE;
    LeftIncarnations left = LeftIncarnations.NONE;
    boolean isPutBack;
    Optional<UUID> incarnation = Optional.empty();
    Optional<PageHash> root = Optional.empty();
    long seq;

    /** Which opening of this state may still use it. */
    long opening;

    /** True from a close until the next opening, and before the first one. */
    boolean isClosed = true;

    MemoryTargetRows(String agent) {
        this.agent = agent;
    }

    /** The paths that are desired, applied or work. */
    NavigableSet<EntryPath> known() {
        NavigableSet<EntryPath> known = new TreeSet<>(desired.keySet());
        known.addAll(applied.keySet());
        known.addAll(work.paths());
        return known;
    }

    /** The proof of the same content stays where none comes with it. */
    void apply(Applied next) {
        Optional<Instant> earlier =
                applied(next.path())
                        .filter(before -> before.content().isPresent())
                        .filter(before -> before.content().equals(next.content()))
                        .flatMap(Applied::proven);
        applied.put(
                next.path(),
                new Applied(
                        next.path(), next.stat(), next.content(), next.proven().or(() -> earlier)));
    }

    /** Files and links that were put there for what is not desired now are not ours any more. */
    void disown(Set<EntryPath> changed) {
        applied.values()
                .removeIf(one ->
                        one.stat().kind() != Stat.Kind.DIRECTORY
                                && (changed.contains(one.path())
                                        || !desired.containsKey(one.path())));
    }

    Optional<Entry> desired(EntryPath path) {
        return Optional.ofNullable(desired.get(path));
    }

    Optional<Applied> applied(EntryPath path) {
        return Optional.ofNullable(applied.get(path));
    }
}
