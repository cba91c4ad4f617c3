package io.driftless.transfer;

import io.driftless.guard.Removal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
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

    private final Map<Removal, Times> known = new HashMap<>();
    private Instant lastAppeared = Instant.MIN;
    private long step;

    /**
     * @param first when it was too many first
     * @param last when it was so last
     * @param step in which that was
     */
    private record Times(Instant first, Instant last, long step) {
        Times again(Times now) {
            return new Times(first, now.last, now.step);
        }
    }

    /** All that waits will be asked about again, however many changes it takes. */
    void begin(Instant now) {
        step++;
        known.values()
                .removeIf(times ->
                        times.step() < step - 2
                                && times.last().plus(LONGEST.multipliedBy(2)).isBefore(now));
    }

    void appeared(Instant now) {
        lastAppeared = now;
    }

    /** Whether these are to wait on. */
    boolean hold(Collection<Removal> rows, Instant now) {
        if (rows.isEmpty()) {
            return false;
        }
        Times asked = new Times(now, now, step);
        Instant first = now;
        for (Removal row : rows) {
            Times times = known.merge(row, asked, (before, _) -> before.again(asked));
            first = times.first().isBefore(first) ? times.first() : first;
        }
        Instant quietSince = lastAppeared.isAfter(first) ? lastAppeared : first;
        boolean isQuiet = !quietSince.plus(QUIET).isAfter(now);
        boolean isLong = !first.plus(LONGEST).isAfter(now);
        return !isQuiet && !isLong;
    }

    void forget(Collection<Removal> rows) {
        rows.forEach(known::remove);
    }

    void forget() {
        known.clear();
    }
}
