package io.driftless.guard;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;

/**
 * How much of a folder may be removed within some time before somebody is asked.
 *
 * @param window the time over which removals add up
 * @param ratio the part of the folder that may go within it, 0 to 1; 1 is any part, and as often as
 *     it likes: what comes and goes may add up to more than there ever was at once
 * @param floor fewer removals than this are never too many, unless nothing is left: that is asked
 *     for however small the folder was, except with {@link #NEVER}
 */
public record RemovalLimit(Duration window, double ratio, long floor) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    public static final RemovalLimit DEFAULT = new RemovalLimit(Duration.ofMinutes(10), 0.25, 50);

    /** Nobody is asked, not even where nothing is left. */
    public static final RemovalLimit NEVER = new RemovalLimit(DEFAULT.window, 1, Long.MAX_VALUE);

    public RemovalLimit {
        check(
                window.compareTo(SHORTEST) >= 0 && window.compareTo(LONGEST) <= 0,
                "window is " + window + ", allowed is 1s to 1d.");
        check(ratio >= 0 && ratio <= 1, "ratio is " + ratio + ", allowed is 0 to 1.");
        check(floor >= 1, "floor is " + floor + ", allowed is 1 and more.");
    }

    private static void check(boolean isAllowed, String finding) {
        if (!isAllowed) {
            throw new SyncException(ErrorCode.BAD_SETTING, "driftless.removals." + finding);
        }
    }

    /** The same limit for those who never want to be asked, emptied folders aside. */
    public RemovalLimit withRatio(double next) {
        return new RemovalLimit(window, next, floor);
    }

    /** The same limit with another floor. */
    public RemovalLimit withFloor(long next) {
        return new RemovalLimit(window, ratio, next);
    }

    /**
     * True where what is to go of a target, and was never put there, is too much to go unasked:
     * more than may be removed, or all there is where nothing is to stay.
     *
     * @param desired entries that are to stay, the root aside
     */
    public boolean isTooManyExtras(long extras, long desired) {
        return extras > 0 && isOver(extras, extras + desired, desired);
    }

    /**
     * True where this is too much.
     *
     * @param removed entries lost within the window, those in question among them
     * @param most the most entries that the folder held within the window, its root aside
     * @param left entries left afterwards, the root aside
     */
    boolean isOver(long removed, long most, long left) {
        boolean isEmptied = floor < Long.MAX_VALUE && left <= 0;
        return isTooMuch(removed, most) || isEmptied;
    }

    private boolean isTooMuch(long removed, long most) {
        return ratio < 1 && removed >= floor && removed > ratio * most;
    }
}
