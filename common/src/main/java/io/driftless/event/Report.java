package io.driftless.event;

import io.driftless.block.PageHash;
import io.driftless.guard.ApprovalId;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a target says of itself: its state, sent when it changes and at start, and again every
 * minute to say that it is there.
 *
 * @param seq the newest commit whose entries are desired here; 0 before the first
 * @param root the root of its own desired entries
 * @param deviations how many paths are not as desired, by the id of the error code or class that
 *     says why
 * @param pending paths still to be worked on in the commit under way
 * @param scanned when the last scan of the whole target ended
 * @param proven the time of the oldest proof of content; empty where some file has none, and where
 *     there are no files
 * @param scan the order counters that are done
 * @param problems a few deviations in full, for people
 * @param doubted packs that the store did not give, or not with the bytes they should have; the
 *     last {@link #MAX_DOUBTED}, until nothing deviates
 * @param time when it was said, by the clock of the target's machine; earlier forms do not say
 */
public record Report(
        TargetId target,
        FolderId folder,
        UUID incarnation,
        long seq,
        Optional<PageHash> root,
        Map<String, Long> deviations,
        long pending,
        Optional<Instant> scanned,
        Optional<Instant> proven,
        long scan,
        long resync,
        long retry,
        Totals totals,
        List<Problem> problems,
        Checks checks,
        Set<UUID> doubted,
        Optional<Instant> time)
        implements Event {
    public static final int MAX_PROBLEMS = 20;
    public static final int MAX_DOUBTED = 64;

    /**
     * One path that is not as desired, or, without a path, what is wrong with all of it.
     *
     * @param tries in a row that ended so; 0 where they are not counted
     * @param next when it is tried again
     */
    public record Problem(
            String path, String code, String message, int tries, Optional<Instant> next) {
        /** Where tries are not counted. */
        public Problem(String path, String code, String message) {
            this(path, code, message, 0, Optional.empty());
        }
    }

    /**
     * What this agent did since it started.
     *
     * @param entriesApplied entries made, replaced, changed or removed
     * @param bytesWritten bytes of files put in place, from wherever they came
     * @param bytesFetched bytes read from the store
     */
    public record Totals(long entriesApplied, long bytesWritten, long bytesFetched) {}

    /**
     * What looking at the target came to since this agent started.
     *
     * @param drift paths found that nobody had ordered to be so, by the word of their drift
     * @param looked paths that the last scan of the whole target looked at
     * @param bytesProven bytes of files that were read again to prove what they hold
     * @param held what is there, was never put there, and is too much to be removed unasked
     */
    public record Checks(
            Map<String, Long> drift, long looked, long bytesProven, Optional<Held> held) {
        public static final Checks NONE = new Checks(Map.of(), 0, 0, Optional.empty());

        public Checks {
            drift = Map.copyOf(drift);
        }
    }

    /**
     * A set of paths that wait for somebody.
     *
     * @param id what to approve
     */
    public record Held(ApprovalId id, long entries) {}

    public Report {
        deviations = Map.copyOf(deviations);
        problems = List.copyOf(problems);
        doubted = Set.copyOf(doubted);
    }

    /** True where nothing but the time is another. */
    public boolean saysTheSameAs(Optional<Report> other) {
        return other.map(one -> one.at(Instant.EPOCH)).equals(Optional.of(at(Instant.EPOCH)));
    }

    /** The same, said at another time. */
    public Report at(Instant now) {
        return new Report(
                target,
                folder,
                incarnation,
                seq,
                root,
                deviations,
                pending,
                scanned,
                proven,
                scan,
                resync,
                retry,
                totals,
                problems,
                checks,
                doubted,
                Optional.of(now));
    }

    /** True where nothing is left to do for {@code seq} and no path deviates. */
    public boolean isSettled() {
        return pending == 0 && deviations.isEmpty() && root.isPresent();
    }

    @Override
    public String key() {
        return target.value();
    }
}
