package io.driftless.adapter.memory;

import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.LeftIncarnations;
import io.driftless.manifest.Page;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState;
import io.driftless.tree.Entry;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * A target's state in memory. What it keeps outlives it: {@link #reopen} stands for the next
 * process.
 */
public final class MemoryTargetState implements TargetState {
    private static final int MAX_HOLDERS_EACH = 4;

    private final MemoryTargetRows rows;
    private final long opening;
    private final boolean wasClean;

    private MemoryTargetState(MemoryTargetRows rows) {
        this.rows = rows;
        this.opening = ++rows.opening;
        this.wasClean = rows.isClosed;
        rows.isClosed = false;
    }

    /** A new state that knows nothing. */
    public static MemoryTargetState create(String agent) {
        return new MemoryTargetState(new MemoryTargetRows(agent));
    }

    /**
     * The state as its next owner finds it, after a close or a crash of this one, which can do
     * nothing any more.
     */
    public MemoryTargetState reopen() {
        return new MemoryTargetState(rows);
    }

    @Override
    public Mono<Position> position() {
        return ask(
                kept -> new Position(kept.agent, kept.incarnation, kept.seq, kept.root, wasClean));
    }

    @Override
    public Mono<Void> collect(List<Change> changes) {
        return act(kept -> changes.forEach(change -> kept.collected.put(change.path(), change)));
    }

    @Override
    public Mono<Void> forgetCollected() {
        return act(kept -> kept.collected.clear());
    }

    @Override
    public Mono<Boolean> fold(UUID incarnation, long seq, PageHash root) {
        return ask(kept -> foldNow(kept, incarnation, seq, root));
    }

    @Override
    public Mono<Void> putBack() {
        return act(kept -> kept.isPutBack = true);
    }

    private static boolean foldNow(
            MemoryTargetRows kept, UUID incarnation, long seq, PageHash root) {
        NavigableMap<EntryPath, Entry> next = new TreeMap<>(kept.desired);
        kept.collected.values().forEach(change -> apply(change, next));
        NavigableSet<EntryPath> changed = new TreeSet<>(kept.collected.keySet());
        kept.collected.clear();
        MemoryManifest manifest = new MemoryManifest(next.values());
        if (!manifest.root().equals(root)) {
            return false;
        }
        changed.removeIf(path -> kept.desired(path).equals(Optional.ofNullable(next.get(path))));
        kept.desired = next;
        kept.manifest = manifest;
        changed.forEach(path -> kept.work.replace(path, MemoryWork.kindsOf(kept.desired(path))));
        changed.forEach(path -> addDirectoryAround(kept, path));
        boolean isAnew = !kept.incarnation.equals(Optional.of(incarnation)) || kept.isPutBack;
        if (kept.incarnation.isPresent() && isAnew) {
            kept.work.disownRemovals();
            kept.disown(changed);
        }
        kept.isPutBack = false;
        kept.incarnation = Optional.of(incarnation);
        kept.seq = seq;
        kept.root = Optional.of(root);
        return true;
    }

    private static void apply(Change change, Map<EntryPath, Entry> entries) {
        switch (change) {
            case Change.Put(Entry entry) -> entries.put(entry.path(), entry);
            case Change.Remove(EntryPath path) -> entries.remove(path);
        }
    }

    private static void addDirectoryAround(MemoryTargetRows kept, EntryPath path) {
        EntryPath parent = path.parent();
        if (!path.isRoot() && kept.desired.get(parent) instanceof Entry.DirectoryEntry) {
            kept.work.add(parent, Kind.DIRECTORY_METADATA, false);
        }
    }

    @Override
    public Mono<Map<PageHash, Page>> pages(Set<PageHash> names) {
        return ask(kept -> kept.manifest.pages(names));
    }

    @Override
    public Mono<Map<EntryPath, PageHash>> leavesOf(Collection<EntryPath> paths) {
        return ask(kept -> kept.manifest.leavesOf(paths));
    }

    @Override
    public Mono<List<Work>> work(Kind kind, Instant now, int limit) {
        return ask(kept ->
                kept.work.due(kind, now, limit).stream().map(path -> workAt(kept, path)).toList());
    }

    private static Work workAt(MemoryTargetRows kept, EntryPath path) {
        boolean isExtra = kept.work.item(path).orElseThrow().isExtra();
        return new Work(path, kept.desired(path), kept.applied(path), isExtra);
    }

    @Override
    public Mono<Long> workLeft() {
        return ask(kept -> kept.work.withoutDeviation());
    }

    @Override
    public Mono<List<Holder>> holders(Set<ContentId> contents) {
        return ask(kept -> holdersNow(kept, contents));
    }

    private static List<Holder> holdersNow(MemoryTargetRows kept, Set<ContentId> contents) {
        Map<ContentId, Integer> found = new HashMap<>();
        return Stream.of(true, false)
                .flatMap(isToBeRemoved -> holders(kept, isToBeRemoved))
                .filter(holder -> contents.contains(idOf(holder)))
                .filter(holder -> found.merge(idOf(holder), 1, Integer::sum) <= MAX_HOLDERS_EACH)
                .toList();
    }

    private static Stream<Holder> holders(MemoryTargetRows kept, boolean isToBeRemoved) {
        return kept.applied.values().stream()
                .filter(applied -> applied.content().isPresent())
                .filter(applied -> kept.work.has(applied.path(), Kind.REMOVAL) == isToBeRemoved)
                .map(applied -> new Holder(applied, isToBeRemoved));
    }

    private static ContentId idOf(Holder holder) {
        return holder.applied().content().orElseThrow().id();
    }

    @Override
    public Mono<List<Applied>> leastProven(Instant now, int limit) {
        return ask(kept ->
                kept.applied.values().stream()
                        .filter(applied -> applied.content().isPresent())
                        .sorted(
                                Comparator.comparing(applied ->
                                        applied.proven()
                                                .filter(time -> !time.isAfter(now))
                                                .orElse(Instant.EPOCH)))
                        .limit(limit)
                        .toList());
    }

    @Override
    public Mono<Void> intend(List<Intent> intents) {
        return act(kept -> intents.forEach(intent -> kept.intents.put(intent.path(), intent)));
    }

    @Override
    public Mono<List<Intent>> intents() {
        return ask(kept -> List.copyOf(kept.intents.values()));
    }

    @Override
    public Mono<Void> settle(Kind kind, List<Settled> results) {
        return act(kept -> results.forEach(result -> settle(kept, kind, result)));
    }

    private static void settle(MemoryTargetRows kept, Kind kind, Settled result) {
        EntryPath path = result.path();
        kept.intents.remove(path);
        switch (result) {
            case Settled.Right(Applied applied) -> {
                kept.apply(applied);
                kept.work.end(path, kind);
            }
            case Settled.Gone _, Settled.Released _ -> {
                kept.applied.remove(path);
                kept.work.end(path, kind);
            }
            case Settled.Deviating deviating -> kept.work.defer(kind, deviating);
        }
    }

    @Override
    public Mono<Void> demand(List<Demand> demands) {
        return act(kept -> demands.forEach(demand -> demand(kept, demand)));
    }

    private static void demand(MemoryTargetRows kept, Demand demand) {
        if (!MemoryWork.kindsOf(kept.desired(demand.path())).contains(demand.kind())) {
            return; // It was seen to be needed before something else became desired.
        }
        kept.work.demand(demand);
    }

    @Override
    public Mono<Extras> extras() {
        return ask(kept -> {
            Map<EntryPath, Long> extras = kept.work.extras();
            ApprovalId.Members members = new ApprovalId.Members();
            extras.forEach((path, seen) -> members.add(path.key(), seen));
            return new Extras(extras.size(), kept.desired.size(), members.id());
        });
    }

    @Override
    public Mono<Void> approveExtras() {
        return act(kept -> kept.work.approveExtras());
    }

    @Override
    public Mono<Void> retryAll() {
        return act(kept -> kept.work.retryAll());
    }

    @Override
    public Mono<Void> observe(Map<EntryPath, Optional<Applied>> looks) {
        return act(kept ->
                looks.forEach((path, look) ->
                        look.ifPresentOrElse(kept::apply, () -> kept.applied.remove(path))));
    }

    @Override
    public Mono<List<Known>> known(Optional<EntryPath> after, int limit) {
        return ask(kept -> {
            NavigableSet<EntryPath> known = kept.known();
            var rest = after.isPresent() ? known.tailSet(after.get(), false) : known;
            return rest.stream().limit(limit).map(path -> knownAt(kept, path)).toList();
        });
    }

    @Override
    public Mono<List<Known>> knownOf(Collection<EntryPath> paths) {
        return ask(kept -> {
            NavigableSet<EntryPath> known = kept.known();
            known.retainAll(paths);
            return known.stream().map(path -> knownAt(kept, path)).toList();
        });
    }

    private static Known knownAt(MemoryTargetRows kept, EntryPath path) {
        Set<Kind> work = kept.work.item(path).map(MemoryWork.Item::kinds).orElse(Set.of());
        return new Known(path, kept.desired(path), kept.applied(path), work);
    }

    @Override
    public Mono<Requests> requestsDone() {
        return ask(kept -> kept.requestsDone);
    }

    @Override
    public Mono<Void> requestsDone(Requests done) {
        return act(kept -> kept.requestsDone = done);
    }

    @Override
    public Mono<LeftIncarnations> left() {
        return ask(kept -> kept.left);
    }

    @Override
    public Mono<Void> left(LeftIncarnations all) {
        return act(kept -> kept.left = all);
    }

    @Override
    public Mono<Deviations> deviations(int limit) {
        return ask(kept -> {
            Map<ErrorCode, Long> counts = new EnumMap<>(ErrorCode.class);
            kept.work.deviations().forEach(one -> counts.merge(one.code(), 1L, Long::sum));
            return new Deviations(counts, kept.work.deviations().limit(limit).toList());
        });
    }

    @Override
    public Mono<Void> close() {
        return act(kept -> kept.isClosed = true);
    }

    private Mono<Void> act(Consumer<MemoryTargetRows> action) {
        return Mono.fromRunnable(() -> action.accept(owned()));
    }

    private <T> Mono<T> ask(Function<MemoryTargetRows, T> question) {
        return Mono.fromCallable(() -> question.apply(owned()));
    }

    private MemoryTargetRows owned() {
        if (rows.opening != opening) {
            throw new SyncException(
                    ErrorCode.STATE_IN_USE, "This state was opened again by another owner.");
        }
        return rows;
    }
}
