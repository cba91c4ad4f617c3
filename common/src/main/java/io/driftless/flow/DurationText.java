package io.driftless.flow;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 90s}, {@code 15m}, {@code 1h30m}, {@code 7d}, {@code
 * 250ms}.
 */
public final class DurationText {
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern WHOLE = Pattern.compile("(?:" + PART.pattern() + ")+");

    private DurationText() {}

    /**
     * @param key the setting whose value it is
     * @throws SyncException {@code BAD_SETTING} where it is none
     */
    public static Duration parse(String key, String text) {
        return find(text)
                .orElseThrow(() ->
                        new SyncException(
                                ErrorCode.BAD_SETTING,
                                key
                                        + " is '"
                                        + text
                                        + "' but must be a duration such as 90s, 15m or 1h30m."));
    }

    /** Empty where it is none. */
    public static Optional<Duration> find(String text) {
        if (!WHOLE.matcher(text).matches()) {
            return Optional.empty();
        }
        Duration sum = Duration.ZERO;
        for (Matcher part = PART.matcher(text); part.find(); ) {
            sum = sum.plus(of(Long.parseLong(part.group(1)), part.group(2)));
        }
        return Optional.of(sum);
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
