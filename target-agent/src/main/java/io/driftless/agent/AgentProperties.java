package io.driftless.agent;

import io.driftless.adapter.disk.TrashLimits;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.RemovalLimit;
import io.driftless.hosting.Allowed;
import io.driftless.plan.Mode;
import io.driftless.tree.TargetId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of an agent, see {@link AgentSettings}.
 *
 * @param target the target's id
 * @param directory what is kept equal to the source
 * @param stateDirectory where the agent remembers what it applied; outside {@code directory}
 * @param publicKey file with the public key of the folder
 */
@ConfigurationProperties(prefix = "driftless.agent", ignoreUnknownFields = false)
record AgentProperties(
        @DefaultValue("") String target,
        @DefaultValue("") String directory,
        @DefaultValue("mirror") Mode mode,
        @DefaultValue("") String stateDirectory,
        @DefaultValue("") String publicKey,
        @DefaultValue("2000") int batchEntries,
        @DefaultValue("32MB") DataSize batchSize,
        @DefaultValue("8MB") DataSize largeSize,
        @DefaultValue("2") int largeInFlight,
        @DefaultValue("4MB") DataSize rangeSize,
        @DefaultValue("64KB") DataSize rangeGap,
        @DefaultValue("8") int rangesInFlight,
        @DefaultValue("200ms") Duration firstRetry,
        @DefaultValue("1m") Duration longestRetry,
        @DefaultValue("500ms") Duration reportEvery,
        @DefaultValue("15m") Duration scanEvery,
        @DefaultValue("1GB") DataSize provePerHour,
        @DefaultValue("1m") Duration proveAfter,
        @DefaultValue("0.25") double extrasRatio,
        @DefaultValue("50") long extrasFloor,
        @DefaultValue("7d") Duration trashMaxAge,
        @DefaultValue("10GB") DataSize trashMaxSize) {
    private static final String KEY = "driftless.agent.";
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration HOUR = Duration.ofHours(1);

    AgentProperties {
        Allowed.check(
                target.matches("[a-z0-9][a-z0-9._-]{0,63}"),
                KEY + "target",
                target,
                "1 to 64 of a-z 0-9 . _ -, letter or digit first");
        Allowed.absolutePath(KEY + "public-key", publicKey);
        checkPlaces(
                Allowed.absolutePath(KEY + "directory", directory),
                Allowed.absolutePath(KEY + "state-directory", stateDirectory));
        Allowed.between(KEY + "batch-entries", batchEntries, 1, 10_000);
        Allowed.size(KEY + "batch-size", batchSize.toBytes(), 1 << 20, 1 << 30);
        Allowed.size(KEY + "large-size", largeSize.toBytes(), 1, batchSize.toBytes());
        Allowed.between(KEY + "large-in-flight", largeInFlight, 1, 64);
        Allowed.size(KEY + "range-size", rangeSize.toBytes(), 4 << 20, 64 << 20);
        Allowed.size(KEY + "range-gap", rangeGap.toBytes(), 0, 4 << 20);
        Allowed.between(KEY + "ranges-in-flight", rangesInFlight, 1, 256);
        Allowed.between(KEY + "first-retry", firstRetry, SHORTEST, HOUR);
        Allowed.between(KEY + "longest-retry", longestRetry, SHORTEST, Duration.ofDays(1));
        Allowed.between(KEY + "report-every", reportEvery, SHORTEST, HOUR);
        Allowed.between(
                KEY + "scan-every", scanEvery, Duration.ofMillis(100), Duration.ofDays(365));
        long most = DataSize.ofTerabytes(1_024).toBytes();
        Allowed.size(KEY + "prove-per-hour", provePerHour.toBytes(), 0, most);
        Allowed.between(KEY + "prove-after", proveAfter, Duration.ZERO, Duration.ofDays(3_650));
        Allowed.check(
                extrasRatio >= 0 && extrasRatio <= 1,
                KEY + "extras-ratio",
                String.valueOf(extrasRatio),
                "0 to 1");
        Allowed.check(
                extrasFloor >= 1, KEY + "extras-floor", String.valueOf(extrasFloor), "1 and more");
        Allowed.between(KEY + "trash-max-age", trashMaxAge, Duration.ZERO, Duration.ofDays(10_000));
        Allowed.size(KEY + "trash-max-size", trashMaxSize.toBytes(), 0, most);
    }

    private static void checkPlaces(Path directory, Path state) {
        if (directory.getParent() == null) {
            throw new SyncException(
                    ErrorCode.TARGET_UNSAFE,
                    KEY + "directory is " + directory + "; allowed is no root of a file system.");
        }
        if (state.startsWith(directory) || directory.startsWith(state)) {
            throw new SyncException(
                    ErrorCode.STATE_INSIDE_TREE,
                    "%sstate-directory is %s; allowed is one that neither lies in %s nor holds it."
                            .formatted(KEY, state, directory));
        }
    }

    TargetId targetId() {
        return new TargetId(target);
    }

    Path root() {
        return Allowed.absolutePath(KEY + "directory", directory);
    }

    Path state() {
        return Allowed.absolutePath(KEY + "state-directory", stateDirectory);
    }

    Path publicKeyFile() {
        Path file = Allowed.absolutePath(KEY + "public-key", publicKey);
        Allowed.check(
                Files.isReadable(file), KEY + "public-key", publicKey, "a file that can be read");
        return file;
    }

    TrashLimits trash() {
        return new TrashLimits(trashMaxAge, trashMaxSize.toBytes());
    }

    AgentSettings settings() {
        return new AgentSettings(
                batchEntries,
                batchSize.toBytes(),
                largeSize.toBytes(),
                largeInFlight,
                Math.toIntExact(rangeSize.toBytes()),
                Math.toIntExact(rangeGap.toBytes()),
                rangesInFlight,
                firstRetry,
                longestRetry,
                reportEvery,
                new AgentSettings.Checks(scanEvery, provePerHour.toBytes(), proveAfter),
                extras());
    }

    private RemovalLimit extras() {
        return RemovalLimit.DEFAULT.withRatio(extrasRatio).withFloor(extrasFloor);
    }
}
