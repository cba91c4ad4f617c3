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
     */
    public record Loss(
            List<Removal> rows, List<Entry> removed, List<Entry> appeared, long entries) {
        public Loss {
            rows = List.copyOf(rows);
            removed = List.copyOf(removed);
            appeared = List.copyOf(appeared);
        }
    }

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
    }

    /**
     * @param standings of the removed paths, the rows' paths and all paths above those, as far as
     *     they have one
     */
    public Judgement judge(Loss loss, Window window, Collection<Standing> standings, Moves moves) {
        Map<EntryPath, Standing> byPath = new HashMap<>();
        standings.forEach(standing -> byPath.put(standing.path(), standing));
        Map<ApprovalId, List<Removal>> joining = joining(loss, byPath);
        if (!joining.isEmpty()) {
            return new Judgement.Join(joining);
        }
        Set<EntryPath> moved = moves.among(loss.removed(), loss.appeared());
        List<EntryPath> lost =
                loss.removed().stream()
                        .map(Entry::path)
                        .filter(path -> !moved.contains(path))
                        .filter(path -> nearest(path, byPath).isEmpty())
                        .toList();
        long left = loss.entries() + loss.appeared().size() - loss.removed().size() - 1;
        long most = Math.max(window.most(), loss.entries()) - 1;
        boolean isOver =
                !lost.isEmpty() && limit.isOver(window.removed() + lost.size(), most, left);
        return isOver
                ? new Judgement.Park(taking(byPath(loss.rows()), lost), lost.size())
                : new Judgement.Pass(lost.size());
    }

    /**
     * The rows at, below or above a path that waits, or is to stay: also one above it that was
     * approved itself, in another set, for it would take that path along.
     */
    private static Map<ApprovalId, List<Removal>> joining(
            Loss loss, Map<EntryPath, Standing> standings) {
        Map<Removal, ApprovalId> joining = new TreeMap<>();
        if (!standings.isEmpty()) {
            Map<EntryPath, Removal> rows = byPath(loss.rows());
            for (Removal row : loss.rows()) {
                nearest(row.path(), standings)
                        .filter(standing -> standing.decision() != Decision.APPROVED)
                        .ifPresent(standing -> joining.put(row, standing.set()));
            }
            for (Entry entry : loss.removed()) {
                Standing standing = standings.get(entry.path());
                if (standing != null && standing.decision() != Decision.APPROVED) {
                    taking(rows, List.of(entry.path()))
                            .forEach(row -> joining.putIfAbsent(row, standing.set()));
                }
            }
        }
        Map<ApprovalId, List<Removal>> bySet = new LinkedHashMap<>();
        joining.forEach((row, set) -> bySet.computeIfAbsent(set, _ -> new ArrayList<>()).add(row));
        return bySet;
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
