package io.driftless.transfer;

import io.driftless.guard.Removal;
import io.driftless.path.EntryPath;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * Removals that are too many to pass, and not parked yet: what is gone may have moved to where
 * nobody has looked yet, and a large directory takes its time to be looked at. They wait until for
 * a while nothing appeared at new paths. Not for several threads.
 */
final class HeldRemovals {
    /** Nothing appeared for this long: it is not a move. */
    static final Duration QUIET = Duration.ofSeconds(5);

    /** In a folder where something appears all the time they are parked after this. */
    static final Duration LONGEST = Duration.ofMinutes(1);

    private Map<EntryPath, Instant> since = Map.of();
    private Instant lastAppeared = Instant.MIN;

    void appeared(Instant now) {
        lastAppeared = now;
    }

    /** Whether these are to wait on; what was held before and is not among them is forgotten. */
    boolean hold(Collection<Removal> rows, Instant now) {
        Map<EntryPath, Instant> next = new HashMap<>();
        for (Removal row : rows) {
            Instant known = since.getOrDefault(row.path(), now);
            boolean isOfAnotherTime = known.plus(LONGEST.multipliedBy(2)).isBefore(now);
            next.put(row.path(), isOfAnotherTime ? now : known);
        }
        since = next;
        if (next.isEmpty()) {
            return false;
        }
        Instant first = Collections.min(next.values());
        Instant quietSince = lastAppeared.isAfter(first) ? lastAppeared : first;
        boolean isQuiet = !quietSince.plus(QUIET).isAfter(now);
        boolean isLong = !first.plus(LONGEST).isAfter(now);
        return !isQuiet && !isLong;
    }

    void forget() {
        since = Map.of();
    }
}
