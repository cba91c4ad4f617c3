package io.driftless.launcher.output;

import java.util.Map;

/**
 * What standard error is.
 *
 * @param isInteractive a person watches: the progress line is redrawn
 * @param columns how wide it is
 */
public record Terminal(boolean isInteractive, int columns, boolean hasColor) {
    private static final int DEFAULT_COLUMNS = 80;
    private static final int MIN_COLUMNS = 20;

    public Terminal {
        columns = Math.max(columns, MIN_COLUMNS);
    }

    /**
     * Java cannot ask what standard error is; the script that starts it can, and says so in a
     * property.
     */
    public static Terminal detect(Map<String, String> environment) {
        boolean isDumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean isInteractive = Boolean.getBoolean("driftless.terminal") && !isDumb;
        boolean isColorWanted = environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(
                isInteractive,
                Integer.getInteger("driftless.columns", DEFAULT_COLUMNS),
                isInteractive && isColorWanted);
    }
}
