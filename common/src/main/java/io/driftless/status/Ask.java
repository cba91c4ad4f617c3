package io.driftless.status;

import io.driftless.event.Order;
import io.driftless.guard.ApprovalId;
import io.driftless.port.TargetState.Requests;
import io.driftless.tree.TargetId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a running system can be asked to do now instead of by the clock. */
public enum Ask {
    /** Look at every entry of the sources and of the targets. */
    SCAN,
    /** The same, and read every file at the targets to prove what it holds. */
    RESYNC,
    /** Try at once what failed and waits for its next try. */
    RETRY;

    /** As a part of an address. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The next order for a target. Its requests are numbers: each that differs from what is done is
     * done once.
     *
     * @param before the newest order, as far as known
     * @param done the requests that the target did, as far as known
     */
    public Order order(TargetId target, Optional<Order> before, Requests done) {
        return order(
                target,
                before,
                done,
                Optional.of(this),
                before.map(Order::approvals).orElse(List.of()));
    }

    /** The next order for a target, with which this set may go. */
    public static Order approval(
            TargetId target, Optional<Order> before, Requests done, ApprovalId set) {
        List<String> approvals =
                Stream.concat(
                                Stream.of(set.value()),
                                before.stream().flatMap(order -> order.approvals().stream()))
                        .distinct()
                        .limit(Order.MAX_APPROVALS)
                        .toList();
        return order(target, before, done, Optional.empty(), approvals);
    }

    private static Order order(
            TargetId target,
            Optional<Order> before,
            Requests done,
            Optional<Ask> ask,
            List<String> approvals) {
        return new Order(
                target,
                before.flatMap(Order::pin),
                before.map(Order::paused).orElse(false),
                next(before.map(Order::scan), done.scan(), ask.equals(Optional.of(SCAN))),
                next(before.map(Order::resync), done.resync(), ask.equals(Optional.of(RESYNC))),
                next(before.map(Order::retry), done.retry(), ask.equals(Optional.of(RETRY))),
                approvals,
                before.map(Order::wanted).orElse(List.of()));
    }

    private static long next(Optional<Long> before, long done, boolean isAsked) {
        long known = Math.max(before.orElse(0L), done);
        return isAsked ? known + 1 : known;
    }
}
