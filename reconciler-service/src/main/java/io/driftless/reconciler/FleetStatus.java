package io.driftless.reconciler;

import io.driftless.adapter.http.ThisProcess;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Report;
import io.driftless.event.Topic;
import io.driftless.flow.Backoff;
import io.driftless.flow.Presence;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.port.CommitLog;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Run;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.ParkedRemovals.ParkedSet;
import io.driftless.status.Ask;
import io.driftless.status.Parked;
import io.driftless.status.SystemStatus;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * One folder with all its targets, on whatever machines they are, for a person who asks: what
 * targets said of themselves comes from Kafka, what the source waits for from PostgreSQL. What
 * cannot be known now is said as a problem beside what was known last, and nothing is converged
 * then. Safe for several threads.
 */
public final class FleetStatus {
    /** How long PostgreSQL is waited for: who asks wants to know what is known. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(3);

    /** Targets that say something at all were read by then. */
    private static final Duration FIRST_REPORTS = Duration.ofSeconds(30);

    /** All versions there are and will be. */
    private static final Version EVERYTHING = new Version(Long.MAX_VALUE);

    private final FolderId folder;
    private final Ports ports;
    private final Scheduler timer;
    private final Instant started;
    private final FleetClocks clocks;
    private final FleetTargets targets;
    private final SourceRuns runs;
    private final SourceEntries entries;
    private final FolderOrders orders;
    private final AtomicReference<Optional<Commit>> newest =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<List<ParkedSet>> parked = new AtomicReference<>(List.of());
    private final AtomicReference<Optional<Instant>> followedSince =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<SyncException>> kafka =
            new AtomicReference<>(Optional.empty());

    /**
     * The outside world.
     *
     * @param bus fails while it is away
     * @param check completes where the bus can be reached now
     * @param clock the database's; fails while it is away
     */
    public record Ports(
            FolderIndex index,
            CommitLog commits,
            ParkedRemovals parked,
            PackIndex packs,
            Mono<EventBus> bus,
            Mono<Void> check,
            Mono<Instant> clock) {}

    /**
     * @param forgetAfter a target that said nothing for longer is left out
     */
    public FleetStatus(FolderId folder, Ports ports, Scheduler timer, Duration forgetAfter) {
        this.folder = folder;
        this.ports = ports;
        this.timer = timer;
        this.started = now();
        this.clocks = new FleetClocks(this::now);
        this.targets = new FleetTargets(folder, forgetAfter);
        this.runs = new SourceRuns(folder, ports.index());
        this.entries = new SourceEntries(folder, ports.index(), this::now);
        this.orders =
                new FolderOrders(
                        folder,
                        new FolderOrders.Ports(
                                ports.index(), ports.parked(), ports.packs(), ports.bus()),
                        this::now);
    }

    private Instant now() {
        return Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    }

    /** Where what is wished of the targets is put together: all of a process have to use one. */
    public StandingOrders orders() {
        return targets.orders();
    }

    /** Listens until cancelled; never ends by itself. Emits nothing. */
    public Flux<Void> run() {
        Flux<Void> following =
                ports.bus()
                        .flatMapMany(this::follow)
                        .retryWhen(
                                Backoff.DEFAULT.forEver(
                                        timer,
                                        any -> true,
                                        failure -> kafka.set(Optional.of(failure))));
        // Who follows is not told when there is nobody to follow.
        Flux<?> checking = Presence.of("Kafka", ports.check(), timer).doOnNext(kafka::set);
        return Flux.merge(following, checking, clocks.asking(ports.clock(), timer))
                .ignoreElements()
                .cast(Void.class)
                .flux();
    }

    /** Runs the flow until cancelled, and takes note of what it does. */
    public Flux<Run> runs(ReconcileFlow flow) {
        return runs.of(flow);
    }

    private Flux<Void> follow(EventBus bus) {
        kafka.set(Optional.empty());
        followedSince.compareAndSet(Optional.empty(), Optional.of(now()));
        return Flux.merge(
                        bus.follow(Topic.COMMITS, folder.value())
                                .doOnNext(clocks::hear)
                                .doOnNext(this::learn),
                        bus.followAll(Topic.REPORTS).doOnNext(this::learn),
                        bus.followAll(Topic.ORDERS).doOnNext(targets::learn))
                .ignoreElements()
                .cast(Void.class)
                .flux();
    }

    private void learn(Report report) {
        targets.learn(report, now());
        if (report.folder().equals(folder)) {
            clocks.hear(report);
        } else {
            clocks.forget(report.target());
        }
    }

    private void learn(Commit commit) {
        newest.updateAndGet(known -> Optional.of(commit.orNewer(known)));
    }

    private <T> Mono<T> inTime(Mono<T> call) {
        return call.timeout(ANSWER_LIMIT, timer)
                .onErrorMap(
                        TimeoutException.class,
                        late ->
                                new SyncException(
                                        ErrorCode.DEPENDENCY_UNAVAILABLE,
                                        "PostgreSQL did not answer within %d s."
                                                .formatted(ANSWER_LIMIT.toSeconds()),
                                        late));
    }

    /** What is known; asks PostgreSQL, and does not fail where that is away. */
    public Mono<SystemStatus> status() {
        return Mono.defer(() -> inTime(askIndex()))
                .map(isCommitted -> view(isCommitted, Optional.empty()))
                .onErrorResume(
                        SyncException.class,
                        away -> Mono.fromSupplier(() -> view(false, Optional.of(away))));
    }

    /**
     * The newest commit is asked for last: it holds all that was committed before. It counts before
     * what was heard of, whose signatures nobody here knows.
     */
    private Mono<Boolean> askIndex() {
        return ports.index()
                .isSettled(folder, EVERYTHING)
                .delayUntil(_ -> ports.parked().sets(folder).doOnNext(parked::set))
                .delayUntil(_ -> entries.ask(runs.seen().skipped()))
                .delayUntil(_ ->
                        ports.commits()
                                .newest(folder)
                                .filter(Optional::isPresent)
                                .doOnNext(newest::set));
    }

    private SystemStatus view(boolean isCommitted, Optional<SyncException> away) {
        Instant now = now();
        SourceRuns.Seen seen = runs.seen();
        Optional<Commit> commit = newest.get();
        FolderStatus status =
                new FolderStatus(
                        folder.value(),
                        "",
                        seen.isScanning() ? "scanning" : "watching",
                        isCommitted && seen.ended() > 0,
                        commit.map(Commit::seq).orElse(0L),
                        commit.map(one -> one.summary().entries()).orElse(0L),
                        commit.map(one -> one.summary().bytes()).orElse(0L),
                        seen.scanned(),
                        runs.next(),
                        seen.ended(),
                        seen.looked(),
                        FolderStatus.skipped(seen.skipped()),
                        entries.told(),
                        parked(now),
                        problems(away, now),
                        clocks.warnings(now),
                        targets.status(commit, now));
        return ThisProcess.status(started, List.of(status));
    }

    private List<Parked> parked(Instant now) {
        return Stream.concat(parked.get().stream().map(Parked::of), targets.held(now).stream())
                .toList();
    }

    private List<Problem> problems(Optional<SyncException> away, Instant now) {
        return Stream.of(away, kafka.get(), unread(now), stopped(), runs.trouble())
                .flatMap(Optional::stream)
                .map(Problem::ofAll)
                .toList();
    }

    /** Without targets nothing would be missing. */
    private Optional<SyncException> unread(Instant now) {
        if (targets.isAnyHeard()) {
            return Optional.empty();
        }
        boolean isRead =
                followedSince
                        .get()
                        .filter(since -> since.plus(FIRST_REPORTS).isBefore(now))
                        .isPresent();
        return Optional.of(
                isRead
                        ? new SyncException(
                                ErrorCode.DEPENDENCY_UNAVAILABLE,
                                "No target has reported yet: start one, or look at what keeps"
                                        + " agents from Kafka.")
                        : unknown("What targets report is not read"));
    }

    private Optional<SyncException> stopped() {
        return runs.isRunning()
                ? Optional.empty()
                : Optional.of(unknown("The reconciler waits for what it needs and scans nothing"));
    }

    private static SyncException unknown(String what) {
        return new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, what + " yet.");
    }

    /**
     * Approves or rejects removals that wait.
     *
     * @return false where there is no such set
     */
    public Mono<Boolean> decide(ApprovalId set, Decision decision) {
        return orders.decide(set, decision)
                .flatMap(isDecided -> isDecided ? Mono.just(true) : decideHeld(set, decision));
    }

    /** What is rejected stays as it is, which it does by itself. */
    private Mono<Boolean> decideHeld(ApprovalId set, Decision decision) {
        Instant now = now();
        return switch (decision) {
            case APPROVED -> orders.approve(targets.approval(set, now));
            case REJECTED, WAITING ->
                    Mono.just(
                            targets.held(now).stream()
                                    .anyMatch(held -> held.id().equals(set.value())));
        };
    }

    /** Completes when source and targets are told; they do it beside their other work. */
    public Mono<Void> ask(Ask ask) {
        return Mono.defer(() -> {
            if (ask != Ask.RETRY) {
                runs.now();
            }
            return orders.give(ask, targets.orders(ask, now()));
        });
    }
}
