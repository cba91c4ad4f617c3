package io.driftless.launcher.settings;

import java.time.Duration;

/**
 * How targets are looked at while running, though no change asks for it.
 *
 * @param scanEvery at most so long from one scan of a whole target to the next
 * @param scrubBytesPerHour so many bytes of a target's files are read again an hour; 0: none
 */
public record TargetChecks(Duration scanEvery, long scrubBytesPerHour) {
    public static final TargetChecks DEFAULT = new TargetChecks(Duration.ofMinutes(15), 1L << 30);

    static final long MAX_SCRUB = 1L << 50;

    public TargetChecks {
        RunSettings.checkRange(
                "driftless.target-scan",
                scanEvery,
                RunSettings.MIN_FULL_SCAN,
                RunSettings.MAX_FULL_SCAN);
        RunSettings.checkRange("driftless.scrub", scrubBytesPerHour, 0L, MAX_SCRUB);
    }
}
