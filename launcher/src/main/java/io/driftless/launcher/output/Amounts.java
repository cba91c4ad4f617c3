package io.driftless.launcher.output;

import java.time.Duration;
import java.util.Locale;

/** Numbers for people. */
final class Amounts {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int STEP = 1024;

    private Amounts() {}

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String bytes(long bytes) {
        if (bytes < STEP) {
            return bytes + " B";
        }
        double amount = bytes;
        int unit = -1;
        do {
            amount /= STEP;
            unit++;
        } while (amount >= STEP - 0.5 && unit < UNITS.length - 1);
        return String.format(
                Locale.ROOT,
                amount < 10 ? "%.2f %s" : amount < 100 ? "%.1f %s" : "%.0f %s",
                amount,
                UNITS[unit]);
    }

    /** To the second, or to a hundredth below ten seconds. */
    static String duration(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(10)) < 0) {
            return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
        }
        return clock(duration);
    }

    /** Hours, minutes and seconds: {@code 0:25}, {@code 1:02:03}. */
    static String clock(Duration duration) {
        long hours = duration.toHours();
        return hours > 0
                ? String.format(
                        Locale.ROOT,
                        "%d:%02d:%02d",
                        hours,
                        duration.toMinutesPart(),
                        duration.toSecondsPart())
                : String.format(
                        Locale.ROOT, "%d:%02d", duration.toMinutesPart(), duration.toSecondsPart());
    }
}
