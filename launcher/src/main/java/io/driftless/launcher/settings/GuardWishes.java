package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.DurationText;
import io.driftless.guard.RemovalLimit;
import java.util.Optional;

/**
 * What was said of how much may be removed before somebody is asked, as given.
 *
 * @param ratio a part of the folder, as {@code 0.25} or {@code 25%}
 * @param floor a count below which nobody is asked
 * @param window the time over which removals add up
 * @param acceptMounts what is mounted below a source, and what is not, is right as it is now
 */
public record GuardWishes(
        Optional<String> ratio,
        Optional<Long> floor,
        Optional<String> window,
        boolean acceptMounts) {
    public static final GuardWishes NONE =
            new GuardWishes(Optional.empty(), Optional.empty(), Optional.empty(), false);

    /** What is not said here is as there. */
    GuardWishes or(GuardWishes other) {
        return new GuardWishes(
                ratio.or(other::ratio),
                floor.or(other::floor),
                window.or(other::window),
                acceptMounts || other.acceptMounts);
    }

    GuardSettings settle() {
        return new GuardSettings(limit(), acceptMounts);
    }

    private RemovalLimit limit() {
        return new RemovalLimit(
                window.map(text -> DurationText.parse("driftless.removals.window", text))
                        .orElse(RemovalLimit.DEFAULT.window()),
                ratio.map(GuardWishes::part).orElse(RemovalLimit.DEFAULT.ratio()),
                floor.orElse(RemovalLimit.DEFAULT.floor()));
    }

    private static double part(String text) {
        try {
            return text.endsWith("%")
                    ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                    : Double.parseDouble(text);
        } catch (NumberFormatException noNumber) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.removals.ratio is '" + text + "' but must be as 0.25 or 25%.",
                    noNumber);
        }
    }
}
