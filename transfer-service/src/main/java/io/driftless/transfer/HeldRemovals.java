package io.driftless.transfer;

import io.driftless.guard.Removal;
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

    /** When each was too many first. */
    private final Map<Removal, Instant> since = new HashMap<>();

    private Instant lastAppeared = Instant.MIN;

    void appeared(Instant now) {
        lastAppeared = now;
    }

    /** Whether these are to wait on. */
    boolean hold(Collection<Removal> rows, Instant now) {
        since.values().removeIf(time -> time.plus(LONGEST.multipliedBy(2)).isBefore(now));
        rows.forEach(row -> since.putIfAbsent(row, now));
        if (rows.isEmpty()) {
            return false;
        }
        Instant first = Collections.min(rows.stream().map(since::get).toList());
        Instant quietSince = lastAppeared.isAfter(first) ? lastAppeared : first;
        boolean isQuiet = !quietSince.plus(QUIET).isAfter(now);
        boolean isLong = !first.plus(LONGEST).isAfter(now);
        return !isQuiet && !isLong;
    }

    void forget(Collection<Removal> rows) {
        rows.forEach(since::remove);
    }

    void forget() {
        since.clear();
    }
}
