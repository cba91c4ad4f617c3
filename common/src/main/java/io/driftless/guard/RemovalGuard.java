package io.driftless.guard;

import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Judges what a change would take out of a folder. Up to the limit it goes through; over it the
 * rows that take something out are parked until somebody decides, and the rest of the change is
 * made without them. What is below a path that is parked goes the same way as that path.
 */
public final class RemovalGuard {
    private final RemovalLimit limit;

    public RemovalGuard(RemovalLimit limit) {
        this.limit = limit;
    }

    /**
     * What a change would do.
     *
     * @param rows the chosen rows that take something out
     * @param removed the committed entries that would go
     * @param appeared entries that would be put where nothing was committed
     * @param entries how many entries are committed before it
     * @param later what goes after it, where a row takes out more than fits in one change
     */
    public record Loss(
            List<Removal> rows,
            List<Entry> removed,
            List<Entry> appeared,
            long entries,
            List<Rest> later) {
        public Loss {
            rows = List.copyOf(rows);
            removed = List.copyOf(removed);
            appeared = List.copyOf(appeared);
            later = List.copyOf(later);
        }

        /** The same, with other numbers of what goes later. */
        public Loss withLater(List<Rest> other) {
            return new Loss(rows, removed, appeared, entries, other);
        }
    }

    /**
     * What a chosen row at a directory takes out with later changes.
     *
     * @param entries at and below the directory, those of the change in question aside
     * @param moved how many of them are known to have moved
     */
    public record Rest(EntryPath directory, long entries, long moved) {}

    /**
     * What was lost within the window until now.
     *
     * @param removed entries that were removed or parked
     * @param most the most entries committed before any of it; 0 where there was none
     * @param hasParked false where nothing is parked, whatever was decided of it
     */
    public record Window(long removed, long most, boolean hasParked) {}

    /** What is to be done. */
    public sealed interface Judgement {
        /**
         * The change may be made.
         *
         * @param lost entries that then count as lost
         */
        record Pass(long lost) implements Judgement {}

        /** These rows are withheld, to be decided on together. */
        record Park(List<Removal> rows, long weight) implements Judgement {}

        /** These rows are withheld with what is parked above them, by set. */
        record Join(Map<ApprovalId, List<Removal>> rows) implements Judgement {}

        /**
         * These rows would take along what waits, or is to stay, below them. They are withheld with
         * its set, which is another one then: whoever looked at it has not seen them.
         *
         * @param weight entries that they take out besides
         */
        record Grow(ApprovalId set, List<Removal> rows, long weight) implements Judgement {}
    }

    /**
     * @param standings of the removed paths, the rows' paths and all paths above those, as far as
     *     they have one, and of one path that is to stay below each directory that goes later
     */
    public Judgement judge(Loss loss, Window window, Collection<Standing> standings, Moves moves) {
        Map<EntryPath, Standing> byPath = new HashMap<>();
        standings.forEach(standing -> byPath.put(standing.path(), standing));
        Map<ApprovalId, List<Removal>> joining = joining(loss, byPath);
        if (!joining.isEmpty()) {
            return new Judgement.Join(joining);
        }
        Optional<Judgement> growth = growth(loss, byPath);
        if (growth.isPresent()) {
            return growth.get();
        }
        Set<EntryPath> moved = moves.among(loss.removed(), loss.appeared());
        List<EntryPath> lost =
                loss.removed().stream()
                        .map(Entry::path)
                        .filter(path -> !moved.contains(path))
                        .filter(path -> nearest(path, byPath).isEmpty())
                        .toList();
        List<Rest> rests =
                loss.later().stream()
                        .filter(rest -> nearest(rest.directory(), byPath).isEmpty())
                        .filter(rest -> rest.entries() > rest.moved())
                        .toList();
        long all = lost.size() + rests.stream().mapToLong(r -> r.entries() - r.moved()).sum();
        long most = Math.max(window.most(), loss.entries()) - 1;
        boolean isOver = all > 0 && limit.isOver(window.removed() + all, most, left(loss));
        if (!isOver) {
            return new Judgement.Pass(lost.size());
        }
        List<EntryPath> going =
                Stream.concat(lost.stream(), rests.stream().map(Rest::directory)).toList();
        return new Judgement.Park(taking(byPath(loss.rows()), going), all);
    }

    /** Entries that are there after all of it, the root aside. */
    private static long left(Loss loss) {
        return loss.entries()
                + loss.appeared().size()
                - loss.removed().size()
                - loss.later().stream().mapToLong(Rest::entries).sum()
                - 1;
    }

    /** The rows at or below a path that waits, or is to stay. */
    private static Map<ApprovalId, List<Removal>> joining(
            Loss loss, Map<EntryPath, Standing> standings) {
        Map<ApprovalId, List<Removal>> joining = new LinkedHashMap<>();
        for (Removal row : loss.rows()) {
            nearest(row.path(), standings)
                    .filter(RemovalGuard::isKept)
                    .ifPresent(standing ->
                            joining.computeIfAbsent(standing.set(), _ -> new ArrayList<>())
                                    .add(row));
        }
        return joining;
    }

    private static boolean isKept(Standing standing) {
        return standing.decision() != Decision.APPROVED;
    }

    /**
     * The rows above what waits, or is to stay, in one of the sets: also one that was approved
     * itself, in another set, for it would take that along.
     */
    private static Optional<Judgement> growth(Loss loss, Map<EntryPath, Standing> standings) {
        Map<EntryPath, Removal> rows = byPath(loss.rows());
        Map<ApprovalId, List<EntryPath>> kept = new LinkedHashMap<>();
        for (Standing standing : new TreeMap<>(standings).values()) {
            if (isKept(standing)) {
                kept.computeIfAbsent(standing.set(), _ -> new ArrayList<>()).add(standing.path());
            }
        }
        return kept.entrySet().stream()
                .map(set -> Map.entry(set.getKey(), taking(rows, set.getValue())))
                .filter(set -> !set.getValue().isEmpty())
                .findFirst()
                .map(set ->
                        new Judgement.Grow(
                                set.getKey(),
                                set.getValue(),
                                weight(loss, standings, set.getValue())));
    }

    /** Entries at and below the paths of rows that go and were in no set. */
    private static long weight(Loss loss, Map<EntryPath, Standing> standings, List<Removal> rows) {
        Map<EntryPath, Removal> tops = byPath(rows);
        long now =
                loss.removed().stream()
                        .map(Entry::path)
                        .filter(path -> !taking(tops, List.of(path)).isEmpty())
                        .filter(path -> nearest(path, standings).isEmpty())
                        .count();
        long later =
                loss.later().stream()
                        .filter(rest -> !taking(tops, List.of(rest.directory())).isEmpty())
                        .mapToLong(Rest::entries)
                        .sum();
        return now + later;
    }

    private static Optional<Standing> nearest(EntryPath path, Map<EntryPath, Standing> standings) {
        if (standings.isEmpty()) {
            return Optional.empty();
        }
        EntryPath at = path;
        while (!standings.containsKey(at) && !at.isRoot()) {
            at = at.parent();
        }
        return Optional.ofNullable(standings.get(at));
    }

    private static Map<EntryPath, Removal> byPath(List<Removal> rows) {
        Map<EntryPath, Removal> byPath = new HashMap<>();
        rows.forEach(row -> byPath.put(row.path(), row));
        return byPath;
    }

    /** The rows without which none of these paths would go. */
    private static List<Removal> taking(Map<EntryPath, Removal> byPath, List<EntryPath> lost) {
        Set<Removal> taking = new HashSet<>();
        Set<EntryPath> seen = new HashSet<>();
        for (EntryPath path : lost) {
            EntryPath at = path;
            while (seen.add(at)) {
                if (byPath.containsKey(at)) {
                    taking.add(Objects.requireNonNull(byPath.get(at)));
                }
                at = at.isRoot() ? at : at.parent();
            }
        }
        return taking.stream().sorted().toList();
    }
}
