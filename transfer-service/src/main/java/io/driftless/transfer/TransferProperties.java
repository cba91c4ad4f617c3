package io.driftless.transfer;

import io.driftless.flow.Backoff;
import io.driftless.guard.RemovalLimit;
import io.driftless.hosting.Allowed;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the transfer flow, see {@link TransferSettings}.
 *
 * @param removalWindow the time over which removals add up
 * @param removalRatio the part of the folder that may be removed within it, 0 to 1
 * @param removalFloor fewer removals than this are never too many, unless nothing is left
 * @param signingKey file of the key that signs commits; made where it is missing
 */
@ConfigurationProperties(prefix = "driftless.transfer", ignoreUnknownFields = false)
record TransferProperties(
        @DefaultValue("") String signingKey,
        @DefaultValue("500") int batchRows,
        @DefaultValue("4") int batchesInFlight,
        @DefaultValue("15MB") DataSize packSize,
        @DefaultValue("4") int putsInFlight,
        @DefaultValue("30s") Duration sweep,
        @DefaultValue("10000") int maxCommitRows,
        @DefaultValue("200000") int maxCommitBlocks,
        @DefaultValue("20000") int maxListedChanges,
        @DefaultValue("15s") Duration leaseLife,
        @DefaultValue("60s") Duration resend,
        @DefaultValue("4") int pace,
        @DefaultValue("2s") Duration longestPace,
        @DefaultValue("10m") Duration removalWindow,
        @DefaultValue("0.25") double removalRatio,
        @DefaultValue("50") long removalFloor) {
    private static final String KEY = "driftless.transfer.";
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    TransferProperties {
        Allowed.absolutePath(KEY + "signing-key", signingKey);
        Allowed.between(KEY + "batch-rows", batchRows, 1, 10_000);
        Allowed.between(KEY + "batches-in-flight", batchesInFlight, 1, 64);
        Allowed.size(KEY + "pack-size", packSize.toBytes(), 4 << 20, 16 << 20);
        Allowed.between(KEY + "puts-in-flight", putsInFlight, 1, 64);
        Allowed.between(KEY + "sweep", sweep, SECOND, HOUR);
        Allowed.between(KEY + "max-commit-rows", maxCommitRows, 1, 50_000);
        Allowed.between(KEY + "max-commit-blocks", maxCommitBlocks, 1, 5_000_000);
        Allowed.between(KEY + "max-listed-changes", maxListedChanges, 0, 100_000);
        Allowed.between(KEY + "lease-life", leaseLife, Duration.ofSeconds(3), TEN_MINUTES);
        Allowed.between(KEY + "resend", resend, SECOND, HOUR);
        Allowed.between(KEY + "pace", pace, 0, 100);
        Allowed.between(KEY + "longest-pace", longestPace, Duration.ZERO, TEN_MINUTES);
        Allowed.between(KEY + "removal-window", removalWindow, SECOND, DAY);
        Allowed.between(KEY + "removal-floor", removalFloor, 1, Long.MAX_VALUE);
    }

    Path signingKeyFile() {
        return Allowed.absolutePath(KEY + "signing-key", signingKey);
    }

    TransferSettings settings() {
        return new TransferSettings(
                batchRows,
                batchesInFlight,
                Math.toIntExact(packSize.toBytes()),
                putsInFlight,
                sweep,
                maxCommitRows,
                maxCommitBlocks,
                maxListedChanges,
                leaseLife,
                resend,
                pace,
                longestPace,
                new RemovalLimit(removalWindow, removalRatio, removalFloor),
                Backoff.DEFAULT);
    }
}
