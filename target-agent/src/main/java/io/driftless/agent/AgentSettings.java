package io.driftless.agent;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
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
        Duration reportEvery) {
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
                Duration.ofMillis(500));
    }
}
