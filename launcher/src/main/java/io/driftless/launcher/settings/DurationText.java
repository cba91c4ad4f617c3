package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 90s}, {@code 15m}, {@code 1h30m}, {@code 7d}, {@code
 * 250ms}.
 */
final class DurationText {
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern WHOLE = Pattern.compile("(?:" + PART.pattern() + ")+");

    private DurationText() {}

    static Duration parse(String key, String text) {
        if (!WHOLE.matcher(text).matches()) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    key + " is '" + text + "' but must be a duration such as 90s, 15m or 1h30m.");
        }
        Duration sum = Duration.ZERO;
        for (Matcher part = PART.matcher(text); part.find(); ) {
            sum = sum.plus(of(Long.parseLong(part.group(1)), part.group(2)));
        }
        return sum;
    }

    private static Duration of(long count, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
