package io.driftless.reconciler;

import io.driftless.clock.Clocks;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Report;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Clocks of the fleet's machines compared with the reconciler's: of each target by its reports, of
 * the source's node by the commits that are sent from it again and again, of the database by asking
 * it. The time at which a broker got a record says nothing of it: Kafka keeps the sender's.
 */
final class FleetClocks {
    private static final Logger LOG = LoggerFactory.getLogger(FleetClocks.class);
    private static final Duration ASK_EVERY = Duration.ofSeconds(15);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(10);
    private static final String DATABASE = "the database";
    private static final String SOURCE = "the source's node";

    private final InstantSource clock;
    private final Clocks clocks = new Clocks("the reconciler's", FleetClocks::log);

    FleetClocks(InstantSource clock) {
        this.clock = clock;
    }

    private static void log(String whose, Optional<SyncException> trouble) {
        trouble.ifPresentOrElse(
                skew ->
                        LOG.warn(
                                "clocks are apart code={} cause={}",
                                skew.code().id(),
                                skew.getMessage()),
                () -> LOG.info("clocks agree again whose={}", whose));
    }

    void hear(Report report) {
        report.time().ifPresent(said -> clocks.heard(name(report.target()), said, clock.instant()));
    }

    void hear(Commit commit) {
        clocks.heard(SOURCE, commit.time(), clock.instant());
    }

    void forget(TargetId target) {
        clocks.forget(name(target));
    }

    private static String name(TargetId target) {
        return "target " + target;
    }

    /** Asks the database now and then. That it is away is said by whoever needs it. */
    Flux<Void> asking(Mono<Instant> database, Scheduler timer) {
        return Flux.interval(ASK_EVERY, timer)
                .onBackpressureDrop()
                .concatMap(
                        _ ->
                                clocks.ask(DATABASE, database, clock)
                                        .timeout(ASK_LIMIT, Mono.empty(), timer)
                                        .onErrorResume(SyncException.class, _ -> Mono.empty()),
                        1);
    }

    List<Problem> warnings(Instant now) {
        return clocks.troubles(now).stream().map(Problem::ofAll).toList();
    }
}
