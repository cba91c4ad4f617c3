package io.driftless.agent;

import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.event.Topic;
import io.driftless.flow.Holdings;
import io.driftless.flow.WorkLoop;
import io.driftless.flow.WorkLoop.Rest;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Keeps one target as the newest commit of its folder desires. Only the newest commit counts, never
 * a queue of them: the commit makes entries desired, what is desired and not there is work, and
 * work is done until none is left.
 */
public final class ApplyFlow {
    private static final Logger LOG = LoggerFactory.getLogger(ApplyFlow.class);

    /** How soon work that waits for its next try is looked for. */
    private static final Duration POLL = Duration.ofMillis(500);

    private final AgentContext context;
    private final Holdings holdings = new Holdings();

    public ApplyFlow(AgentContext context) {
        this.context = context;
    }

    /**
     * Runs until cancelled; emits what is reported of the target. Cancelling releases the target.
     */
    public Flux<Report> run() {
        return holdings.using(() -> new Session(context), this::follow, Session::close);
    }

    /** After cancelling: completes when the target is released and its state closed. */
    public Mono<Void> stopped() {
        return holdings.givenBack();
    }

    private Flux<Report> follow(Session session) {
        Sinks.Many<Report> reports = Sinks.many().unicast().onBackpressureBuffer();
        Flux<Commit> commits =
                context.ports()
                        .bus()
                        .follow(Topic.COMMITS, context.folder().value())
                        .filter(commit -> commit.folder().equals(context.folder()))
                        .doOnNext(commit -> learn(session, commit));
        Flux<Order> orders =
                context.ports()
                        .bus()
                        .follow(Topic.ORDERS, context.target().value())
                        .filter(order -> order.target().equals(context.target()))
                        .doOnNext(session::learn);
        Flux<Rest> working =
                new WorkLoop(context.timer())
                        .run(Flux.merge(commits, orders), () -> step(session, reports));
        Flux<Report> saying =
                reports.asFlux().onBackpressureLatest().concatMap(one -> say(session, one), 0);
        return Flux.merge(saying, working.ignoreElements().cast(Report.class));
    }

    /** Beside the work, which needs nobody who hears of it. */
    private Mono<Report> say(Session session, Report report) {
        return session.say(report)
                .onErrorResume(
                        SyncException.class,
                        unsaid -> {
                            LOG.warn(
                                    "not reported target={} code={} cause={}",
                                    context.target(),
                                    unsaid.code().id(),
                                    unsaid.getMessage());
                            return Mono.empty();
                        });
    }

    private void learn(Session session, Commit commit) {
        if (context.ports().signer().isValid(commit)) {
            session.learn(commit);
        } else {
            session.refuse(commit);
        }
    }

    private Mono<Rest> step(Session session, Sinks.Many<Report> reports) {
        Mono<Void> saying = report(session, reports, false);
        Mono<Boolean> round = Mono.defer(() -> session.round(saying));
        return Mono.fromRunnable(session::begin)
                .then(round)
                .expand(progressed -> progressed ? saying.then(round) : Mono.empty())
                .then(Mono.defer(session::mark))
                .then(Mono.defer(session::tidy))
                .then(Mono.defer(session::prove))
                .then(Mono.fromRunnable(session::recovered))
                .then(report(session, reports, true))
                .then(Mono.<Rest>just(new Rest.AtMost(POLL)))
                .onErrorResume(SyncException.class, failure -> troubled(session, reports, failure));
    }

    private Mono<Void> report(Session session, Sinks.Many<Report> reports, boolean isAtRest) {
        return Mono.defer(() -> session.reportNow(isAtRest)).doOnNext(reports::tryEmitNext).then();
    }

    /** The target as a whole cannot be worked on: say so and try again later. */
    private Mono<Rest> troubled(
            Session session, Sinks.Many<Report> reports, SyncException failure) {
        Duration wait = session.failed(failure);
        LOG.warn(
                "target waits folder={} target={} code={} seconds={} cause={}",
                context.folder(),
                context.target(),
                failure.code().id(),
                wait.toMillis() / 1000.0,
                failure.getMessage());
        return report(session, reports, true)
                .onErrorResume(
                        SyncException.class,
                        unknown -> {
                            // What is wrong may be the state itself; the next step says it.
                            LOG.warn(
                                    "trouble not reported target={} cause={}",
                                    context.target(),
                                    unknown.getMessage());
                            return Mono.empty();
                        })
                .thenReturn(new Rest.AtMost(wait));
    }
}
