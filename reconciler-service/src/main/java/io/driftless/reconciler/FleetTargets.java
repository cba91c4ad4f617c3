package io.driftless.reconciler;

import io.driftless.event.Commit;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.guard.ApprovalId;
import io.driftless.port.TargetState.Requests;
import io.driftless.status.Ask;
import io.driftless.status.Parked;
import io.driftless.status.SystemStatus.TargetStatus;
import io.driftless.status.TargetView;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/** The targets of a folder, as far as they said something of themselves. */
final class FleetTargets {
    /** An agent says something every minute, less often while it carries over a huge file. */
    private static final Duration SILENT_AFTER = Duration.ofMinutes(5);

    private final FolderId folder;
    private final Duration forgetAfter;
    private final Map<TargetId, Heard> heard = new ConcurrentHashMap<>();
    private final StandingOrders orders = new StandingOrders();

    private record Heard(Report report, Instant at) {
        boolean isOlder(Duration age, Instant now) {
            return at.plus(age).isBefore(now);
        }
    }

    /**
     * @param forgetAfter who said nothing for so long does not come back
     */
    FleetTargets(FolderId folder, Duration forgetAfter) {
        this.folder = folder;
        this.forgetAfter = forgetAfter;
    }

    /**
     * What a topic holds comes again with each new subscription, so when it was said counts. A
     * target whose clock is behind looks silent, which is on the safe side; one that is ahead has
     * not said anything after now.
     */
    void learn(Report report, Instant now) {
        if (report.folder().equals(folder)) {
            Instant at = report.time().filter(said -> said.isBefore(now)).orElse(now);
            heard.put(report.target(), new Heard(report, at));
        } else {
            heard.remove(report.target()); // It works for another folder now.
        }
    }

    void learn(Order order) {
        orders.learn(order);
    }

    StandingOrders orders() {
        return orders;
    }

    boolean isAnyHeard() {
        return !heard.isEmpty();
    }

    private Stream<Map.Entry<TargetId, Heard>> known(Instant now) {
        return heard.entrySet().stream().filter(one -> !one.getValue().isOlder(forgetAfter, now));
    }

    /** In the order of their names. */
    List<TargetStatus> status(Optional<Commit> newest, Instant now) {
        return known(now)
                .sorted(Map.Entry.comparingByKey((a, b) -> a.value().compareTo(b.value())))
                .map(one -> status(one.getValue(), newest, now))
                .toList();
    }

    private static TargetStatus status(Heard one, Optional<Commit> newest, Instant now) {
        return TargetView.of(
                new TargetView.Place(one.report().target().value(), "", ""),
                Optional.of(
                        new TargetView.Heard(
                                one.report(), one.at(), one.isOlder(SILENT_AFTER, now))),
                newest,
                now);
    }

    /** The next order for each of them; a silent one finds it when it comes back. */
    Flux<Order> orders(Ask ask, Instant now) {
        return Flux.fromStream(
                () -> known(now).map(one -> order(ask, one.getKey(), one.getValue().report())));
    }

    /** What targets hold that waits for somebody. */
    List<Parked> held(Instant now) {
        return known(now)
                .flatMap(one -> Parked.of(one.getValue().report()).stream())
                .sorted(Comparator.comparing(Parked::id))
                .toList();
    }

    /** The order that lets this set go; empty where no target holds it. */
    Optional<Order> approval(ApprovalId set, Instant now) {
        return known(now)
                .filter(one -> holds(one.getValue().report(), set))
                .map(one -> approval(one.getKey(), one.getValue().report(), set))
                .findFirst();
    }

    private static boolean holds(Report report, ApprovalId set) {
        return report.checks().held().filter(held -> held.id().equals(set)).isPresent();
    }

    private Order approval(TargetId target, Report report, ApprovalId set) {
        return orders.next(target, before -> Ask.approval(target, before, done(report), set));
    }

    private static Requests done(Report report) {
        return new Requests(report.scan(), report.resync(), report.retry());
    }

    private Order order(Ask ask, TargetId target, Report report) {
        return orders.next(target, before -> ask.order(target, before, done(report)));
    }
}
