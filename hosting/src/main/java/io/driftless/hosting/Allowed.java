package io.driftless.hosting;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Refuses settings that are out of range: the message has the full key, value and range. */
public final class Allowed {
    private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB");

    private Allowed() {}

    public static void between(String key, long value, long least, long most) {
        check(value >= least && value <= most, key, value, least + " to " + most);
    }

    public static void between(String key, Duration value, Duration least, Duration most) {
        boolean isWithin = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
        check(isWithin, key, text(value), text(least) + " to " + text(most));
    }

    /** In bytes. */
    public static void size(String key, long value, long least, long most) {
        boolean isWithin = value >= least && value <= most;
        check(isWithin, key, size(value), size(least) + " to " + size(most));
    }

    /** An absolute path; nothing is looked for on the disk. */
    public static Path absolutePath(String key, String value) {
        check(!value.isBlank(), key, "", "an absolute path");
        try {
            Path path = Path.of(value);
            check(path.isAbsolute(), key, value, "an absolute path");
            return path.normalize();
        } catch (InvalidPathException notAPath) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    message(key, value, "an absolute path of this system"),
                    notAPath);
        }
    }

    public static void check(boolean isGood, String key, Object value, String allowed) {
        if (!isGood) {
            throw new SyncException(ErrorCode.BAD_SETTING, message(key, value, allowed));
        }
    }

    private static String message(String key, Object value, String allowed) {
        String found = value.toString().isEmpty() ? "not set" : value.toString();
        return "%s is %s; allowed is %s.".formatted(key, found, allowed);
    }

    /** As it is written in settings: 64KB, 8MB, 1GB. */
    private static String size(long bytes) {
        long number = bytes;
        int unit = 0;
        while (number != 0 && number % 1_024 == 0 && unit < UNITS.size() - 1) {
            number /= 1_024;
            unit++;
        }
        return number + UNITS.get(unit);
    }

    /** As it is written in settings: 50ms, 30s, 10m, 1h, 7d. */
    private static String text(Duration value) {
        if (value.isZero() || value.toMillis() % 1_000 != 0) {
            return value.toMillis() + "ms";
        }
        long seconds = value.toSeconds();
        for (var unit : List.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES)) {
            if (seconds % unit.getDuration().toSeconds() == 0) {
                long number = seconds / unit.getDuration().toSeconds();
                return number + unit.name().substring(0, 1).toLowerCase(Locale.ROOT);
            }
        }
        return seconds + "s";
    }
}
