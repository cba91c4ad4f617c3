package io.driftless.launcher.local;

import io.driftless.agent.ApplyFlow;
import io.driftless.agent.Counters;
import io.driftless.error.ErrorCode;
import io.driftless.error.Reaction;
import io.driftless.event.Commit;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.guard.ApprovalId;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.launcher.settings.TargetSettings;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Deviations;
import io.driftless.port.TargetState.Settled.Deviating;
import io.driftless.port.TreeReader;
import io.driftless.reconciler.StandingOrders;
import io.driftless.status.Ask;
import io.driftless.status.TargetView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A target of this process, and the last that was heard of it. */
final class LocalTarget {
    /** A deviation that outlasted several tries will not end within a sync. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final int MAX_DEVIATIONS = 10_000;

    private final TargetSettings settings;
    private final TargetState state;
    private final ApplyFlow flow;
    private final TreeReader tree;
    private final Counters counters;
    private final ChangeFeed changes;
    private final StandingOrders orders;
    private final AtomicReference<Optional<List<Deviating>>> kept =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Heard>> heard = new AtomicReference<>(Optional.empty());

    /**
     * @param at when it came
     * @param since when the deviations became what they are
     */
    private record Heard(Report report, Instant at, Instant since) {}

    /**
     * @param counters what the flow counts; tells {@code changes}
     * @param orders of all that wish something of it
     */
    record Parts(
            TargetState state,
            TreeReader tree,
            ApplyFlow flow,
            Counters counters,
            ChangeFeed changes,
            StandingOrders orders) {}

    LocalTarget(TargetSettings settings, Parts parts) {
        this.settings = settings;
        this.state = parts.state();
        this.tree = parts.tree();
        this.flow = parts.flow();
        this.counters = parts.counters();
        this.changes = parts.changes();
        this.orders = parts.orders();
    }

    TreeReader tree() {
        return tree;
    }

    Flux<TargetChange> changes() {
        return changes.changes();
    }

    TargetSettings settings() {
        return settings;
    }

    /** Paths that are not as desired; after {@link #keepDeviations} those of that time. */
    Flux<Deviating> deviations() {
        return Flux.defer(() ->
                kept.get()
                        .map(Flux::fromIterable)
                        .orElseGet(() ->
                                state.deviations(MAX_DEVIATIONS)
                                        .flatMapIterable(Deviations::examples)));
    }

    /** Remembers the deviations for the time when the state is closed. */
    Mono<Void> keepDeviations() {
        return state.deviations(MAX_DEVIATIONS)
                .doOnNext(found -> kept.set(Optional.of(found.examples())))
                .then();
    }

    Report.Totals totals() {
        return counters.totals();
    }

    Optional<Report> report() {
        return heard.get().map(Heard::report);
    }

    /** The last report; the agent is in this process, so it is never taken to be gone. */
    Optional<TargetView.Heard> heard() {
        return heard.get().map(one -> new TargetView.Heard(one.report(), one.at(), false));
    }

    Flux<Report> run() {
        return flow.run().doOnNext(report -> hear(report, Instant.now()));
    }

    /** The next order for it. */
    Mono<Order> order(Ask ask) {
        return state.requestsDone()
                .map(done ->
                        orders.next(
                                settings.id(), before -> ask.order(settings.id(), before, done)));
    }

    /** Whether this is the set of what is here and was never put here. */
    Mono<Boolean> holds(ApprovalId set) {
        return state.extras().map(extras -> extras.id().at(settings.id().value()).equals(set));
    }

    /** The order that lets it go. */
    Mono<Order> approval(ApprovalId set) {
        return state.requestsDone()
                .map(done ->
                        orders.next(
                                settings.id(),
                                before -> Ask.approval(settings.id(), before, done, set)));
    }

    Mono<Void> stopped() {
        return flow.stopped();
    }

    private void hear(Report report, Instant now) {
        heard.updateAndGet(before ->
                Optional.of(
                        new Heard(
                                report,
                                now,
                                before.filter(one ->
                                                one.report()
                                                                .deviations()
                                                                .equals(report.deviations())
                                                        && one.report().pending()
                                                                == report.pending()
                                                        && one.report().seq() == report.seq())
                                        .map(Heard::since)
                                        .orElse(now))));
    }

    /**
     * Whether a sync is over here: the target stands at the commit, or what is missing cannot be
     * done now.
     */
    boolean isDone(Optional<Commit> newest, Instant now) {
        return isConverged(newest) || isHopeless(newest, now);
    }

    boolean isConverged(Optional<Commit> newest) {
        return newest.isPresent()
                && report().filter(report -> TargetView.isConverged(report, newest.get()))
                        .isPresent();
    }

    private boolean isHopeless(Optional<Commit> newest, Instant now) {
        if (heard.get().isEmpty() || newest.isEmpty()) {
            return false;
        }
        Report report = heard.get().get().report();
        boolean isStopped =
                report.deviations().keySet().stream()
                        .map(ErrorCode::ofId)
                        .anyMatch(code -> code.reaction() == Reaction.STOP_FOLDER);
        boolean isStuck =
                !report.deviations().isEmpty()
                        && report.pending() == 0
                        && heard.get().get().since().plus(PATIENCE).isBefore(now);
        return isStopped || isStuck;
    }
}
