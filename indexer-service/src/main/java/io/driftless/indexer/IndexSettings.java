package io.driftless.indexer;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.Backoff;
import java.time.Duration;

/**
 * Settings of the index flow.
 *
 * @param batchPaths events taken at once, and paths looked at and written together
 * @param batchesInFlight batches worked on at the same time
 * @param reads files read at the same time
 * @param largeBytes larger files have a lane of their own
 * @param largeReads large files read at the same time
 * @param progressBytes progress within a large file is saved each time it was read this much
 *     further
 * @param removalHold a path that is gone is looked at again after this long, so that the other half
 *     of a move is seen first
 * @param racyWindow a file changed less than this long before the look may change again without a
 *     new time
 * @param firstRetry wait before a path that could not be settled is looked at again; doubles up to
 *     {@code longestRetry}
 * @param acceptMounts what is mounted below the root, and what is not, is right as it is now
 * @param scrubBytesPerHour so many bytes of files are read again an hour, to find those that
 *     changed below the file system; 0: none
 * @param backoff between tries of a step whose server is away
 */
public record IndexSettings(
        int batchPaths,
        int batchesInFlight,
        int reads,
        long largeBytes,
        int largeReads,
        long progressBytes,
        Duration removalHold,
        Duration racyWindow,
        Duration firstRetry,
        Duration longestRetry,
        boolean acceptMounts,
        long scrubBytesPerHour,
        Backoff backoff) {
    public IndexSettings {
        check("batch-paths", batchPaths, 1, 10_000);
        check("batches-in-flight", batchesInFlight, 1, 256);
        check("reads", reads, 1, 256);
        check("large-reads", largeReads, 1, 64);
        check("large-bytes", largeBytes, 1, Long.MAX_VALUE);
        check("progress-bytes", progressBytes, 1, Long.MAX_VALUE);
        check("scrub-bytes-per-hour", scrubBytesPerHour, 0, Long.MAX_VALUE);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.index.%s is %d, allowed is %d to %d."
                            .formatted(name, value, least, most));
        }
    }

    public static IndexSettings defaults() {
        return new IndexSettings(
                1_000,
                16,
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                64L << 20,
                2,
                1L << 30,
                Duration.ofMillis(25),
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                Duration.ofMinutes(5),
                false,
                1L << 30,
                Backoff.DEFAULT);
    }

    public IndexSettings withBackoff(Backoff other) {
        return with(acceptMounts, scrubBytesPerHour, other);
    }

    public IndexSettings withAcceptMounts(boolean accepts) {
        return with(accepts, scrubBytesPerHour, backoff);
    }

    public IndexSettings withScrubBytesPerHour(long bytes) {
        return with(acceptMounts, bytes, backoff);
    }

    private IndexSettings with(boolean accepts, long scrubBytes, Backoff wait) {
        return new IndexSettings(
                batchPaths,
                batchesInFlight,
                reads,
                largeBytes,
                largeReads,
                progressBytes,
                removalHold,
                racyWindow,
                firstRetry,
                longestRetry,
                accepts,
                scrubBytes,
                wait);
    }
}
