package io.driftless.transfer;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.Backoff;
import io.driftless.guard.RemovalLimit;
import java.time.Duration;

/**
 * Settings of the transfer flow.
 *
 * @param batchRows rows taken at once
 * @param batchesInFlight batches stored at the same time
 * @param packBytes plain bytes that go into one pack at most
 * @param putsInFlight packs that are built and stored at the same time; each takes up to three
 *     times {@code packBytes} of memory
 * @param sweep how often the table is searched for dirty rows that nobody told of
 * @param maxCommitRows rows in one commit at most, the parents that it brings along aside, and
 *     entries that go with their directories
 * @param maxCommitBlocks blocks of the files in one commit at most, unless it is one file; as many
 *     are looked up at once to be stored, by all batches together
 * @param maxListedChanges commits with more changes do not list them: targets compare manifests
 * @param leaseLife how long the right to commit lasts without renewal
 * @param resend how often the newest commit is sent again
 * @param pace the next commit waits this many times the time the last one took, or until nothing
 *     new came for as long as that one took
 * @param longestPace and no later than this because of {@code pace}
 * @param removals how much may be removed before somebody is asked
 * @param backoff between tries of a step whose server is away
 */
public record TransferSettings(
        int batchRows,
        int batchesInFlight,
        int packBytes,
        int putsInFlight,
        Duration sweep,
        int maxCommitRows,
        int maxCommitBlocks,
        int maxListedChanges,
        Duration leaseLife,
        Duration resend,
        int pace,
        Duration longestPace,
        RemovalLimit removals,
        Backoff backoff) {
    public TransferSettings {
        check("batch-rows", batchRows, 1, 10_000);
        check("batches-in-flight", batchesInFlight, 1, 64);
        check("pack-bytes", packBytes, 4 << 20, 16 << 20);
        check("puts-in-flight", putsInFlight, 1, 64);
        check("max-commit-rows", maxCommitRows, 1, 50_000);
        check("max-commit-blocks", maxCommitBlocks, 1, 5_000_000);
        check("pace", pace, 0, 100);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.transfer.%s is %d, allowed is %d to %d."
                            .formatted(name, value, least, most));
        }
    }

    public static TransferSettings defaults() {
        return new TransferSettings(
                500,
                4,
                15 << 20,
                4,
                Duration.ofSeconds(30),
                10_000,
                200_000,
                20_000,
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                4,
                Duration.ofSeconds(2),
                RemovalLimit.DEFAULT,
                Backoff.DEFAULT);
    }

    public TransferSettings withRemovals(RemovalLimit other) {
        return with(maxCommitRows, maxCommitBlocks, leaseLife, other, backoff);
    }

    public TransferSettings withLeaseLife(Duration other) {
        return with(maxCommitRows, maxCommitBlocks, other, removals, backoff);
    }

    public TransferSettings withBackoff(Backoff other) {
        return with(maxCommitRows, maxCommitBlocks, leaseLife, removals, other);
    }

    public TransferSettings withMaxCommitRows(int other) {
        return with(other, maxCommitBlocks, leaseLife, removals, backoff);
    }

    public TransferSettings withMaxCommitBlocks(int other) {
        return with(maxCommitRows, other, leaseLife, removals, backoff);
    }

    private TransferSettings with(
            int rows, int blocks, Duration life, RemovalLimit limit, Backoff wait) {
        return new TransferSettings(
                batchRows,
                batchesInFlight,
                packBytes,
                putsInFlight,
                sweep,
                rows,
                blocks,
                maxListedChanges,
                life,
                resend,
                pace,
                longestPace,
                limit,
                wait);
    }
}
