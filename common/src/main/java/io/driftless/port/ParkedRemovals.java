package io.driftless.port;

import io.driftless.guard.ApprovalId;
import io.driftless.guard.Removal;
import io.driftless.guard.RemovalGuard.Window;
import io.driftless.guard.Standing;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * Removals that wait until somebody decides on them, and how much was removed lately. A parked row
 * is not dirty: it stays as it was observed, and what is committed at its path stays committed. It
 * leaves its set when a commit puts or removes its path. Time is the database's.
 */
public interface ParkedRemovals {
    /** What was removed, or parked and not decided, within a time up to now. */
    Mono<Window> window(FolderId folder, Duration length);

    /** Says how much a commit is about to remove, before it does; the last word on a seq counts. */
    Mono<Void> count(FolderId folder, Loss loss);

    /**
     * @param entries how many entries were committed before it
     * @param removals how many of them it removes for good
     */
    record Loss(long seq, long entries, long removals) {}

    /** The standings of these paths; paths without one are left out. */
    Mono<List<Standing>> standings(FolderId folder, Collection<EntryPath> paths);

    /** One below this directory that waits or was rejected, if there is any. */
    Mono<Optional<Standing>> keptBelow(FolderId folder, EntryPath directory);

    /**
     * The youngest set that waits, with what it was made of, if it was opened within this time and
     * has at most {@code limit} members: it may still grow, under another name.
     */
    Mono<Optional<Open>> open(FolderId folder, Duration within, int limit);

    record Open(ApprovalId id, List<Removal> members) {}

    /**
     * Withholds rows: those that are still dirty at the version given are no longer dirty, and
     * members of a set. All of it becomes durable together. A set that was approved meanwhile takes
     * nothing in: nobody would let it go any more, so the rows stay dirty.
     *
     * @return false where none of them was withheld; then nothing else was changed either
     */
    Mono<Boolean> park(FolderId folder, Parking parking);

    /**
     * @param former the name until now of the set that they join; one that was decided meanwhile is
     *     not joined under another name
     * @param weight how many entries they take out, as far as not counted before
     * @param isAbove true where they would take along what is in the set: one that was rejected is
     *     joined, and stays so, under the other name
     */
    record Parking(
            Optional<ApprovalId> former,
            ApprovalId set,
            long weight,
            List<Removal> removals,
            boolean isAbove) {
        public Parking {
            removals = List.copyOf(removals);
        }

        public Parking(
                Optional<ApprovalId> former, ApprovalId set, long weight, List<Removal> removals) {
            this(former, set, weight, removals, false);
        }
    }

    /** All sets that have members, the oldest first. */
    Mono<List<ParkedSet>> sets(FolderId folder);

    /**
     * A set as people are told of it.
     *
     * @param removals members, which may be fewer than the entries they take along
     * @param entries entries that were found to go when the members were parked
     * @param examples a few of the members' paths, in path order
     */
    record ParkedSet(
            ApprovalId id,
            Decision decision,
            long removals,
            long entries,
            Instant since,
            List<EntryPath> examples) {
        public ParkedSet {
            examples = List.copyOf(examples);
        }
    }

    /**
     * Decides on a set, again where it was decided before. Approved, its members become dirty once
     * more and the next commit takes those whose paths are still gone. Rejected, they stay as they
     * are until their paths come back.
     *
     * @return false where no such set has members
     */
    Mono<Boolean> decide(FolderId folder, ApprovalId set, Decision decision);
}
