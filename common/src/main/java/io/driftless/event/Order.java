package io.driftless.event;

import io.driftless.tree.TargetId;
import java.util.List;
import java.util.Optional;

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
 */
public record Order(
        TargetId target,
        Optional<Long> pin,
        boolean paused,
        long scan,
        long resync,
        long retry,
        List<String> approvals)
        implements Event {
    public Order {
        approvals = List.copyOf(approvals);
    }

    @Override
    public String key() {
        return target.value();
    }
}
