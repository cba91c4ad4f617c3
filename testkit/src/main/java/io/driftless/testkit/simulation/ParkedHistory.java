package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Removal;
import io.driftless.guard.Standing;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.ParkedRemovals.Parking;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * Watches what is parked, what is decided, and what is committed then. A path that waits or was
 * rejected is not removed, and neither is anything below it that was not approved by itself, and it
 * stays committed, until it is approved or a commit puts something there.
 *
 * <p>Who commits asks first and commits later. What somebody else, who had the lease before, parks
 * in between is removed all the same, and rightly: so only what was parked when a committer asked
 * counts for its next commit.
 */
final class ParkedHistory {
    private final FolderId folder;
    private final MemoryIndex index;
    private final EverSeen seen;

    /** What was said of paths that wait or were rejected. */
    private final Map<EntryPath, Decision> kept = new TreeMap<>();

    /** What somebody let go, though something above it may be kept by another decision. */
    private final Set<EntryPath> approved = new HashSet<>();

    private final List<String> problems = new ArrayList<>();
    private int parkedRows;
    private int approvals;
    private int rejections;

    ParkedHistory(FolderId folder, MemoryIndex index, EverSeen seen) {
        this.folder = folder;
        this.index = index;
        this.seen = seen;
    }

    List<String> problems() {
        return problems;
    }

    /**
     * How many rows were withheld, one again where it was gone again, and how sets were decided.
     */
    Map<String, Integer> counts() {
        return Map.of("parked row", parkedRows, "approval", approvals, "rejection", rejections);
    }

    /** Sets that have members: none when everything was approved and all is as it should be. */
    List<String> left() {
        return Objects.requireNonNull(index.sets(folder).block()).stream()
                .map(set -> set + " is left")
                .toList();
    }

    /** One process, which asks and commits. */
    Committer committer() {
        return new Committer();
    }

    final class Committer {
        /** What was not to be removed when it asked last, if it asked since its last commit. */
        private Optional<Set<EntryPath>> asked = Optional.empty();

        ParkedRemovals parked(ParkedRemovals parked) {
            return watching(
                    ParkedRemovals.class,
                    parked,
                    (method, arguments, answer) ->
                            switch (method) {
                                case "window" ->
                                        answer.doOnSuccess(_ ->
                                                asked = Optional.of(Set.copyOf(kept.keySet())));
                                case "park" ->
                                        answer.doOnSuccess(_ -> wereParked((Parking) arguments[1]));
                                case "decide" ->
                                        answer.doOnNext(isDecided -> {
                                            if (isDecided.equals(true)) {
                                                decided(
                                                        (ApprovalId) arguments[1],
                                                        (Decision) arguments[2]);
                                            }
                                        });
                                default -> answer;
                            });
        }

        CommitLog commits(CommitLog commits) {
            return watching(
                    CommitLog.class,
                    commits,
                    (method, arguments, answer) ->
                            method.equals("commit")
                                    ? answer.doOnNext(
                                            refusal -> committed((Draft) arguments[1], refusal))
                                    : answer);
        }

        private void committed(Draft draft, Object refusal) {
            Set<EntryPath> known = asked.orElse(kept.keySet());
            if (refusal.equals(Optional.empty())) {
                draft.removals().forEach(path -> removed(path, known));
                draft.puts().stream().map(Entry::path).forEach(kept::remove);
                draft.removals().forEach(kept::remove);
                draft.puts().stream().map(Entry::path).forEach(approved::remove);
                draft.removals().forEach(approved::remove);
                asked = Optional.empty();
            }
        }
    }

    private interface Watch {
        Mono<?> over(String method, Object[] arguments, Mono<?> answer);
    }

    private static <T> T watching(Class<T> port, T real, Watch watch) {
        Object proxy =
                Proxy.newProxyInstance(
                        port.getClassLoader(),
                        new Class<?>[] {port},
                        (_, method, arguments) ->
                                watch.over(
                                        method.getName(),
                                        arguments,
                                        call(real, method, arguments)));
        return port.cast(proxy);
    }

    private static Mono<?> call(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return (Mono<?>) method.invoke(real, arguments);
        } catch (InvocationTargetException thrown) {
            throw Objects.requireNonNullElse(thrown.getCause(), thrown);
        }
    }

    private void wereParked(Parking parking) {
        List<EntryPath> paths = parking.removals().stream().map(Removal::path).toList();
        parkedRows += paths.size();
        standings(paths).forEach(standing -> stands(standing.path(), standing.decision()));
    }

    private void decided(ApprovalId set, Decision decision) {
        standings(seen.paths()).stream()
                .filter(standing -> standing.set().equals(set))
                .forEach(standing -> stands(standing.path(), decision));
        approvals += decision == Decision.APPROVED ? 1 : 0;
        rejections += decision == Decision.REJECTED ? 1 : 0;
    }

    private void stands(EntryPath path, Decision decision) {
        switch (decision) {
            case WAITING, REJECTED -> {
                kept.put(path, decision);
                approved.remove(path);
            }
            case APPROVED -> {
                kept.remove(path);
                approved.add(path);
            }
        }
    }

    private void removed(EntryPath path, Set<EntryPath> known) {
        EntryPath at = path;
        while (!at.isRoot()
                && !approved.contains(at)
                && !(kept.containsKey(at) && known.contains(at))) {
            at = at.parent();
        }
        if (!at.isRoot() && !approved.contains(at)) {
            problems.add("%s was removed, and %s is %s".formatted(path, at, kept.get(at)));
        }
    }

    /** At any moment: what is kept is known to the index as well, and committed. */
    void look() {
        if (kept.isEmpty()) {
            return;
        }
        Map<EntryPath, Decision> standing =
                standings(kept.keySet()).stream()
                        .collect(Collectors.toMap(Standing::path, Standing::decision));
        Set<EntryPath> committed =
                Objects.requireNonNull(index.committed(folder, kept.keySet()).block()).stream()
                        .map(Entry::path)
                        .collect(Collectors.toSet());
        kept.forEach((path, decision) -> {
            if (!decision.equals(standing.get(path))) {
                problems.add("%s was %s and is %s".formatted(path, decision, standing.get(path)));
            }
            if (!committed.contains(path)) {
                problems.add("%s is %s, and not committed".formatted(path, decision));
            }
        });
    }

    private List<Standing> standings(Collection<EntryPath> paths) {
        return Objects.requireNonNull(index.standings(folder, paths).block());
    }
}
