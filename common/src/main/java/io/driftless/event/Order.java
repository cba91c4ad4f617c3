package io.driftless.event;

import io.driftless.block.BlockHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.TargetId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The standing wish for one target, whole: the newest record says everything. Requests are
 * counters; one is done when the target's report shows the same number.
 *
 * @param pin stay at this commit
 * @param paused apply nothing
 * @param scan counts requests for a full scan
 * @param resync counts requests to compare everything again
 * @param retry counts requests to try again at once what waits for its next try
 * @param approvals ids of parked removals an operator approved
 * @param wanted blocks that the store lost: where the target holds them it gives them back
 */
public record Order(
        TargetId target,
        Optional<Long> pin,
        boolean paused,
        long scan,
        long resync,
        long retry,
        List<String> approvals,
        List<BlockHash> wanted)
        implements Event {
    /** An older approval was used long ago, or is for what is there no more. */
    public static final int MAX_APPROVALS = 16;

    public static final int MAX_WANTED = 128;

    public Order {
        approvals = List.copyOf(approvals);
        wanted = List.copyOf(wanted);
        if (wanted.size() > MAX_WANTED) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "An order wants up to %d blocks, not %d.".formatted(MAX_WANTED, wanted.size()));
        }
    }

    /** Where no blocks are wanted. */
    public Order(
            TargetId target,
            Optional<Long> pin,
            boolean paused,
            long scan,
            long resync,
            long retry,
            List<String> approvals) {
        this(target, pin, paused, scan, resync, retry, approvals, List.of());
    }

    /** The same, but for the blocks that are wanted. */
    public Order withWanted(List<BlockHash> blocks) {
        return new Order(target, pin, paused, scan, resync, retry, approvals, blocks);
    }

    /**
     * This order, and what another one for the same target asks for that this one forgot: two that
     * were written at once, each without knowing of the other, come to both.
     */
    public Order alsoAsking(Order other) {
        return new Order(
                target,
                pin,
                paused,
                Math.max(scan, other.scan),
                Math.max(resync, other.resync),
                Math.max(retry, other.retry),
                Stream.concat(approvals.stream(), other.approvals.stream())
                        .distinct()
                        .limit(Math.max(MAX_APPROVALS, approvals.size()))
                        .toList(),
                wanted);
    }

    @Override
    public String key() {
        return target.value();
    }
}
