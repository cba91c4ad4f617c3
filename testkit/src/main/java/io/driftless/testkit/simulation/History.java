package io.driftless.testkit.simulation;

import io.driftless.block.PageHash;
import io.driftless.event.Commit;
import io.driftless.event.Event;
import io.driftless.path.EntryPath;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitLog;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.EventBus;
import io.driftless.port.ObjectKey;
import io.driftless.port.TargetState.Position;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * Watches what becomes visible, on the way and not only at the end: a commit is seen by nobody
 * before the store holds all it needs, nothing is removed that was not removed at the source, and a
 * target stands at commits that were published, in their order.
 */
final class History {
    private static final long LATE_MILLIS = 200;

    private final FolderId folder;
    private final EverSeen seen;
    private final ParkedHistory parked;
    private final Supplier<StoreAudit> audit;
    private final Predicate<Commit> isKept;
    private final LongSupplier millis;
    private final Map<Number, PageHash> published = new HashMap<>();

    /** By the id of the state. */
    private final Map<String, Position> stood = new HashMap<>();

    /** How far each path came among its states. */
    private final Map<EntryPath, Integer> reached = new HashMap<>();

    private final List<String> problems = new ArrayList<>();
    private final Set<ObjectKey> neededBefore = new HashSet<>();

    /** When the collector deleted what, last. */
    private final Map<ObjectKey, Long> deleted = new HashMap<>();

    private Optional<Commit> newest = Optional.empty();

    private record Number(UUID incarnation, long seq) {}

    /**
     * @param seen everything that ever was at the source
     * @param isKept whether the store should hold all of a commit: it lost nothing by itself, and
     *     no later commit lets it collect what that one needed
     */
    History(World world, EverSeen seen, Predicate<Commit> isKept) {
        this.folder = world.folderId();
        this.seen = seen;
        this.parked = new ParkedHistory(folder, world.index(), seen);
        this.audit = () -> new StoreAudit(folder, world.store());
        this.isKept = isKept;
        this.millis = () -> world.timer().now(TimeUnit.MILLISECONDS);
    }

    List<String> problems() {
        return Stream.concat(problems.stream(), parked.problems().stream()).toList();
    }

    /** What is parked, and what comes of it. */
    ParkedHistory parked() {
        return parked;
    }

    /** The bus, with an eye on the commits that go out. */
    EventBus watching(EventBus bus) {
        return new ForwardingBus(bus, events -> events) {
            @Override
            public Mono<Void> publish(List<? extends Event> events) {
                return Mono.defer(() -> {
                    events.stream()
                            .filter(Commit.class::isInstance)
                            .map(Commit.class::cast)
                            .forEach(History.this::visible);
                    return super.publish(events);
                });
            }
        };
    }

    /** The log of commits, with an eye on what is removed and on what comes again. */
    CommitLog watching(CommitLog commits) {
        InvocationHandler handler =
                (_, method, arguments) -> {
                    Object answer = method.invoke(commits, arguments);
                    return method.getName().equals("commit")
                            ? ((Mono<?>) answer)
                                    .doOnNext(refusal -> drafted((Draft) arguments[1], refusal))
                            : answer;
                };
        return (CommitLog)
                Proxy.newProxyInstance(
                        CommitLog.class.getClassLoader(),
                        new Class<?>[] {CommitLog.class},
                        handler);
    }

    /** The store of the collector, with an eye on what it deletes. */
    BlockStore watching(BlockStore store) {
        InvocationHandler handler =
                (_, method, arguments) -> {
                    Object answer = method.invoke(store, arguments);
                    return method.getName().equals("delete")
                            ? ((Mono<?>) answer).doOnSuccess(_ -> deleted((ObjectKey) arguments[0]))
                            : answer;
                };
        return (BlockStore)
                Proxy.newProxyInstance(
                        BlockStore.class.getClassLoader(),
                        new Class<?>[] {BlockStore.class},
                        handler);
    }

    private void deleted(ObjectKey key) {
        deleted.put(key, millis.getAsLong());
    }

    private void drafted(Draft draft, Object refusal) {
        if (!refusal.equals(Optional.empty())) {
            return;
        }
        draft.removals().stream()
                .filter(path -> !seen.gone().contains(path))
                .forEach(path -> problems.add(path + " was removed without a cause"));
        draft.removals().forEach(path -> reach(path, Optional.empty()));
        draft.puts().forEach(entry -> reach(entry.path(), Optional.of(entry)));
    }

    /** A state between the edits of one moment is none that is known. */
    private void reach(EntryPath path, Optional<Entry> state) {
        List<Optional<Entry>> states = seen.statesOf(path);
        int before = reached.getOrDefault(path, 0);
        int further = states.subList(Math.min(before, states.size()), states.size()).indexOf(state);
        if (further >= 0) {
            reached.put(path, before + further);
        } else if (states.contains(state)) {
            problems.add(path + " went back to " + state);
        }
    }

    /** An older one may be sent again when what it needed is collected already. */
    private void visible(Commit commit) {
        PageHash before =
                published.putIfAbsent(
                        new Number(commit.incarnation(), commit.seq()), commit.root());
        if (before != null && !before.equals(commit.root())) {
            problems.add(folder + " has two commits " + commit.seq());
        }
        boolean isNew =
                newest.filter(one -> one.incarnation().equals(commit.incarnation()))
                        .filter(one -> one.seq() >= commit.seq())
                        .isEmpty();
        if (isNew) {
            newest = Optional.of(commit);
            if (isKept.test(commit)) {
                StoreAudit now = audit.get();
                now.missing(commit).stream()
                        .filter(one -> neededBefore.stream().noneMatch(key -> names(one, key)))
                        .filter(one -> lateDeletions().noneMatch(key -> names(one, key)))
                        .forEach(one ->
                                problems.add(
                                        "commit "
                                                + commit.seq()
                                                + " was seen before it was stored: "
                                                + one));
                neededBefore.addAll(now.needed());
            }
        }
    }

    /** An upload of a page that never came to a commit is deleted as well, beside the next one. */
    private Stream<ObjectKey> lateDeletions() {
        long now = millis.getAsLong();
        return deleted.entrySet().stream()
                .filter(one -> now - one.getValue() <= LATE_MILLIS)
                .map(Map.Entry::getKey);
    }

    /**
     * A page that a commit brought back is named as before, so a late deletion of the earlier one
     * can hit it, or its locations alone. The collector reads both back for that: no blocks depend
     * on it.
     */
    private static boolean names(String missing, ObjectKey key) {
        return key.value().matches(".*/(pages|locations)/.*")
                && missing.contains("The store has no object " + key);
    }

    /** Where a target stands at this moment, as the state of an agent of it says. */
    void stands(TargetId target, Position position) {
        Optional<Position> before = Optional.ofNullable(stood.put(position.agent(), position));
        before.filter(one -> one.incarnation().equals(position.incarnation()))
                .filter(one -> one.seq() > position.seq())
                .ifPresent(one ->
                        problems.add(
                                "%s went from commit %d back to %d"
                                        .formatted(target, one.seq(), position.seq())));
        Optional<PageHash> root =
                position.incarnation()
                        .map(incarnation -> new Number(incarnation, position.seq()))
                        .map(published::get);
        if (position.seq() > 0 && !root.equals(position.root())) {
            problems.add(
                    "%s stands at %s, which commit %d never was"
                            .formatted(target, position.root(), position.seq()));
        }
    }
}
