package io.driftless.agent;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.RemovalLimit;
import java.time.Duration;

/**
 * Settings of an agent.
 *
 * @param batchEntries entries applied together
 * @param batchBytes bytes of small files held in memory at once
 * @param largeBytes larger files are written block by block into a partial file
 * @param largeInFlight large files written at the same time
 * @param rangeBytes neighbouring blocks of a pack are fetched together up to this much
 * @param rangeGapBytes unwanted bytes between two blocks that are fetched along
 * @param rangesInFlight ranges fetched at the same time
 * @param firstRetry wait before a path that could not be applied is tried again; doubles up to
 *     {@code longestRetry}
 * @param extras how much that was never put there a mirror removes unasked; its window counts for
 *     nothing
 * @param reportEvery reports while work goes on come no closer together
 */
public record AgentSettings(
        int batchEntries,
        long batchBytes,
        long largeBytes,
        int largeInFlight,
        int rangeBytes,
        int rangeGapBytes,
        int rangesInFlight,
        Duration firstRetry,
        Duration longestRetry,
        Duration reportEvery,
        Checks checks,
        RemovalLimit extras) {
    /**
     * How a target is looked at though no commit asks for it.
     *
     * @param scanEvery from one scan of the whole target to the next it takes no longer, and up to
     *     a tenth less
     * @param proveBytesPerHour so many bytes of files are read again an hour, those first whose
     *     content was proven longest ago; 0: none
     * @param proveAfter a file is not read again before
     */
    public record Checks(Duration scanEvery, long proveBytesPerHour, Duration proveAfter) {
        public static final Checks DEFAULT =
                new Checks(Duration.ofMinutes(15), 1L << 30, Duration.ofMinutes(1));

        public Checks {
            check("scan-every", scanEvery.toMillis(), 100, Duration.ofDays(365).toMillis());
            check("prove-per-hour", proveBytesPerHour, 0, 1L << 50);
            check("prove-after", proveAfter.toMillis(), 0, Duration.ofDays(3_650).toMillis());
        }
    }

    public AgentSettings {
        check("batch-entries", batchEntries, 1, 10_000);
        check("batch-bytes", batchBytes, 1 << 20, 1L << 30);
        check("large-bytes", largeBytes, 1, batchBytes);
        check("large-in-flight", largeInFlight, 1, 64);
        check("range-bytes", rangeBytes, 4 << 20, 64 << 20);
        check("ranges-in-flight", rangesInFlight, 1, 256);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.agent.%s is %d, allowed is %d to %d."
                            .formatted(name, value, least, most));
        }
    }

    public static AgentSettings defaults() {
        return new AgentSettings(
                2_000,
                32L << 20,
                8L << 20,
                2,
                4 << 20,
                64 << 10,
                8,
                Duration.ofMillis(200),
                Duration.ofMinutes(1),
                Duration.ofMillis(500),
                Checks.DEFAULT,
                RemovalLimit.DEFAULT);
    }

    public AgentSettings withChecks(Checks next) {
        return with(largeBytes, rangesInFlight, firstRetry, longestRetry, next, extras);
    }

    public AgentSettings withRangesInFlight(int next) {
        return with(largeBytes, next, firstRetry, longestRetry, checks, extras);
    }

    public AgentSettings withExtras(RemovalLimit limit) {
        return with(largeBytes, rangesInFlight, firstRetry, longestRetry, checks, limit);
    }

    public AgentSettings withLargeBytes(long next) {
        return with(next, rangesInFlight, firstRetry, longestRetry, checks, extras);
    }

    public AgentSettings withRetries(Duration first, Duration longest) {
        return with(largeBytes, rangesInFlight, first, longest, checks, extras);
    }

    private AgentSettings with(
            long large,
            int ranges,
            Duration first,
            Duration longest,
            Checks next,
            RemovalLimit limit) {
        return new AgentSettings(
                batchEntries,
                batchBytes,
                large,
                largeInFlight,
                rangeBytes,
                rangeGapBytes,
                ranges,
                first,
                longest,
                reportEvery,
                next,
                limit);
    }
}
