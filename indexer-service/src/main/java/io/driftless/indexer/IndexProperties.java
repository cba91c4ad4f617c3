package io.driftless.indexer;

import io.driftless.flow.Backoff;
import io.driftless.hosting.Allowed;
import io.driftless.port.FolderIndex;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the index flow, see {@link IndexSettings}.
 *
 * @param reads files read at the same time; 0: one for each processor, at least two
 */
@ConfigurationProperties(prefix = "driftless.index", ignoreUnknownFields = false)
record IndexProperties(
        @DefaultValue("1000") int batchPaths,
        @DefaultValue("16") int batchesInFlight,
        @DefaultValue("0") int reads,
        @DefaultValue("64MB") DataSize largeSize,
        @DefaultValue("2") int largeReads,
        @DefaultValue("1GB") DataSize progressSize,
        @DefaultValue("25ms") Duration removalHold,
        @DefaultValue("20ms") Duration racyWindow,
        @DefaultValue("100ms") Duration firstRetry,
        @DefaultValue("5m") Duration longestRetry,
        @DefaultValue("false") boolean acceptMounts,
        @DefaultValue("1GB") DataSize scrubPerHour) {
    private static final String KEY = "driftless.index.";
    private static final DataSize MOST = DataSize.ofTerabytes(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration MIN_RETRY = Duration.ofMillis(10);

    IndexProperties {
        Allowed.between(KEY + "batch-paths", batchPaths, 1, 10_000);
        Allowed.between(KEY + "batches-in-flight", batchesInFlight, 1, 256);
        Allowed.between(KEY + "reads", reads, 0, 256);
        Allowed.size(KEY + "large-size", largeSize.toBytes(), 1, MOST.toBytes());
        Allowed.between(KEY + "large-reads", largeReads, 1, 64);
        Allowed.size(KEY + "progress-size", progressSize.toBytes(), 1 << 20, MOST.toBytes());
        Allowed.size(KEY + "scrub-per-hour", scrubPerHour.toBytes(), 0, MOST.toBytes());
        Allowed.between(KEY + "removal-hold", removalHold, Duration.ZERO, MINUTE);
        Allowed.between(KEY + "racy-window", racyWindow, Duration.ZERO, MINUTE);
        Allowed.between(KEY + "first-retry", firstRetry, MIN_RETRY, FolderIndex.LONGEST_WAIT);
        Allowed.between(KEY + "longest-retry", longestRetry, MIN_RETRY, FolderIndex.LONGEST_WAIT);
    }

    IndexSettings settings() {
        return new IndexSettings(
                batchPaths,
                batchesInFlight,
                reads == 0 ? IndexSettings.defaults().reads() : reads,
                largeSize.toBytes(),
                largeReads,
                progressSize.toBytes(),
                removalHold,
                racyWindow,
                firstRetry,
                longestRetry,
                acceptMounts,
                scrubPerHour.toBytes(),
                Backoff.DEFAULT);
    }
}
