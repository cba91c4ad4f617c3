package io.driftless.launcher.settings;

import java.time.Duration;

/**
 * How targets are looked at while running, though no change asks for it.
 *
 * @param scanEvery at most so long from one scan of a whole target to the next
 * @param scrubBytesPerHour so many bytes of a target's files are read again an hour; 0: none
 */
public record TargetChecks(Duration scanEvery, long scrubBytesPerHour) {
    static final Duration MIN_SCAN_EVERY = Duration.ofSeconds(1);
    static final Duration MAX_SCAN_EVERY = Duration.ofDays(365);
    static final long MAX_SCRUB = 1L << 50;

    /** After what it is checked against. */
    public static final TargetChecks DEFAULT = new TargetChecks(Duration.ofMinutes(15), 1L << 30);

    public TargetChecks {
        RunSettings.checkRange("driftless.target-scan", scanEvery, MIN_SCAN_EVERY, MAX_SCAN_EVERY);
        RunSettings.checkRange("driftless.scrub", scrubBytesPerHour, 0L, MAX_SCRUB);
    }
}
