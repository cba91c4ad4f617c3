package io.driftless.agent;

import io.driftless.error.SyncException;
import io.driftless.event.Report;
import io.driftless.port.TargetState.Deviations;
import io.driftless.port.TargetState.Position;
import io.driftless.port.TargetState.Requests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * Says what is known of the target, when it changed, and now and then that it is so still. What is
 * found is to be called by one thread at a time; {@link #say} by another.
 */
final class Reporting {
    private static final UUID NONE = new UUID(0, 0);

    /** Who hears nothing for several times this long takes the target to be gone. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final AgentContext context;
    private final ExtrasGuard extras;
    private final Unlisted unlisted;

    /** Of the way that reports take, beside the work. */
    private volatile Optional<Said> last = Optional.empty();

    private Instant quietUntil = Instant.MIN;
    private Optional<Instant> scanned = Optional.empty();
    private long looked;
    private Optional<SyncException> trouble = Optional.empty();
    private Optional<SyncException> concern = Optional.empty();

    Reporting(AgentContext context, ExtrasGuard extras, Unlisted unlisted) {
        this.context = context;
        this.extras = extras;
        this.unlisted = unlisted;
    }

    /** Short pieces of work are reported when they are done. */
    void begin() {
        quietUntil = context.steady().plus(context.settings().reportEvery());
    }

    /**
     * A scan of the target ended.
     *
     * @param paths how many it looked at
     */
    void scanned(long paths) {
        scanned = Optional.of(context.now());
        looked = paths;
    }

    boolean isScanned() {
        return scanned.isPresent();
    }

    void trouble(SyncException failure) {
        trouble = Optional.of(failure);
    }

    void noTrouble() {
        trouble = Optional.empty();
    }

    /** What is wrong with the commits that come; it keeps nothing from being worked on. */
    void concern(Optional<SyncException> one) {
        concern = one;
    }

    private List<SyncException> ofAll() {
        return Stream.of(trouble, concern).flatMap(Optional::stream).toList();
    }

    /** What there is to be said now; empty where it is too soon, or was said already. */
    Mono<Report> report(Optional<Position> position, Requests done, boolean isAtRest) {
        Instant now = context.steady();
        boolean isTooSoon = now.isBefore(quietUntil);
        if (position.isEmpty() && ofAll().isEmpty() || isTooSoon && !isAtRest) {
            return Mono.empty();
        }
        return Mono.zip(
                        context.ports().state().deviations(Report.MAX_PROBLEMS),
                        context.ports().state().workLeft(),
                        context.ports().state().leastProven(context.now(), 1))
                .map(found -> {
                    Deviations deviations = found.getT1();
                    if (deviations.counts().isEmpty()) {
                        context.counters().noDoubt();
                        extras.nothingWaits();
                    }
                    return new Report(
                            context.target(),
                            context.folder(),
                            position.flatMap(Position::incarnation).orElse(NONE),
                            position.map(Position::seq).orElse(0L),
                            position.flatMap(Position::root),
                            counts(deviations),
                            found.getT2(),
                            scanned,
                            found.getT3().stream().flatMap(one -> one.proven().stream()).findAny(),
                            done.scan(),
                            done.resync(),
                            done.retry(),
                            context.counters().totals(),
                            problems(deviations),
                            new Report.Checks(
                                    context.counters().drift(),
                                    looked,
                                    context.counters().bytesProven(),
                                    extras.held()),
                            context.counters().doubted(),
                            Optional.of(context.now()));
                })
                .filter(this::isToBeSaid)
                .doOnNext(_ -> quietUntil = now.plus(context.settings().reportEvery()));
    }

    private boolean isToBeSaid(Report report) {
        return last.filter(said ->
                        report.saysTheSameAs(Optional.of(said.report()))
                                && context.steady().isBefore(said.at().plus(AGAIN)))
                .isEmpty();
    }

    /**
     * Sends it, where it was not said meanwhile. What could not be sent is to be said again, though
     * nothing else is new.
     */
    Mono<Report> say(Report report) {
        return Mono.just(report)
                .filter(this::isToBeSaid)
                .delayUntil(one -> context.ports().bus().publish(List.of(one)))
                .doOnNext(one -> last = Optional.of(new Said(one, context.steady())));
    }

    private record Said(Report report, Instant at) {}

    private Map<String, Long> counts(Deviations deviations) {
        Map<String, Long> counts = new HashMap<>();
        deviations.counts().forEach((code, count) -> counts.put(code.id(), count));
        ofAll().forEach(failure -> counts.merge(failure.code().id(), 1L, Long::sum));
        unlisted.all().forEach(one -> counts.merge(one.code().id(), 1L, Long::sum));
        return counts;
    }

    private List<Report.Problem> problems(Deviations deviations) {
        List<Report.Problem> problems = new ArrayList<>();
        ofAll().forEach(failure ->
                problems.add(
                        new Report.Problem(
                                "", failure.code().id(), String.valueOf(failure.getMessage()))));
        Stream<Report.Problem> ofPaths =
                deviations.examples().stream()
                        .map(one ->
                                new Report.Problem(
                                        one.path().toString(),
                                        one.code().id(),
                                        one.message(),
                                        one.tries(),
                                        Optional.of(one.next())));
        Stream<Report.Problem> ofDirectories =
                unlisted.all().stream()
                        .map(one ->
                                new Report.Problem(
                                        one.path().toString(), one.code().id(), one.message()));
        Stream.concat(ofPaths, ofDirectories)
                .limit(Report.MAX_PROBLEMS - problems.size())
                .forEach(problems::add);
        return problems;
    }
}
