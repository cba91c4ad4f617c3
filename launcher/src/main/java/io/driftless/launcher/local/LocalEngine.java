package io.driftless.launcher.local;

import io.driftless.error.ErrorCode;
import io.driftless.event.Report;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.engine.Progress;
import io.driftless.launcher.engine.Progress.Stage;
import io.driftless.launcher.engine.SyncOutcome;
import io.driftless.launcher.engine.SyncOutcome.TargetOutcome;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Tally;
import io.driftless.port.TargetState.Settled.Deviating;
import io.driftless.reconciler.Schedule;
import io.driftless.status.Ask;
import io.driftless.status.SystemStatus;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The engine of one process. */
final class LocalEngine implements Engine {
    /** What is not given back by then is taken back: leases run out, locks end with the process. */
    private static final Duration GIVING_BACK = Duration.ofSeconds(2);

    private final Servers servers;
    private final List<LocalFolder> folders;
    private final Workers workers;
    private final StatusReport statusReport;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.STARTING);
    private final Mono<Void> closing;

    LocalEngine(Servers servers, List<LocalFolder> folders, Workers workers) {
        this.servers = servers;
        this.folders = List.copyOf(folders);
        this.workers = workers;
        this.statusReport = new StatusReport(folders, Instant.now());
        this.closing = Mono.defer(this::stop).cache();
    }

    @Override
    public Mono<SyncOutcome> sync() {
        return Flux.fromIterable(folders)
                .flatMap(LocalFolder::sync, folders.size())
                .then(Mono.fromSupplier(this::outcome))
                .doOnSubscribe(begun -> stage.set(Stage.SCANNING))
                .doOnTerminate(() -> stage.set(Stage.STOPPING));
    }

    @Override
    public Mono<Void> run() {
        Flux<?> running = Flux.fromIterable(folders).flatMap(LocalFolder::run, folders.size(), 1);
        return Flux.merge(running, servers.watching())
                .then()
                .doOnSubscribe(begun -> stage.set(Stage.WATCHING));
    }

    private SyncOutcome outcome() {
        List<TargetOutcome> outcomes =
                folders.stream()
                        .flatMap(folder ->
                                folder.targets().stream().map(target -> outcome(folder, target)))
                        .toList();
        return new SyncOutcome(
                outcomes,
                folders.stream().flatMap(folder -> StatusReport.parked(folder).stream()).toList(),
                folders.stream().mapToLong(LocalFolder::sourceBytes).sum(),
                folders.stream().mapToLong(LocalFolder::storedBytes).sum());
    }

    private static TargetOutcome outcome(LocalFolder folder, LocalTarget target) {
        Optional<Report> report = target.report();
        Report.Totals totals = target.totals();
        long wrong = report.map(LocalEngine::wrong).orElse(1L);
        return new TargetOutcome(
                folder.settings().id(),
                target.settings().id(),
                report.map(Report::seq).orElse(0L),
                folder.newest().map(commit -> commit.summary().entries()).orElse(0L),
                totals.entriesApplied(),
                totals.bytesWritten(),
                totals.bytesFetched(),
                wrong);
    }

    /** What waits for somebody is neither wrong nor late. */
    private static long wrong(Report report) {
        boolean isWaiting = report.checks().held().isPresent();
        return report.pending()
                + report.deviations().entrySet().stream()
                        .filter(one ->
                                !isWaiting || !one.getKey().equals(ErrorCode.EXTRAS_HELD.id()))
                        .mapToLong(Map.Entry::getValue)
                        .sum();
    }

    @Override
    public Flux<TargetChange> changes() {
        return Flux.fromIterable(folders).flatMap(LocalFolder::changes, folders.size());
    }

    @Override
    public Flux<TargetChange> plan() {
        return Flux.fromIterable(folders)
                .concatMap(folder ->
                        Flux.fromIterable(folder.targets())
                                .concatMap(target -> folder.plan(target)));
    }

    @Override
    public Flux<Deviation> verify(VerifyDepth depth) {
        return Flux.fromIterable(folders)
                .concatMap(folder ->
                        Flux.fromIterable(folder.targets())
                                .concatMap(target -> folder.verify(target, depth)));
    }

    @Override
    public Flux<Deviation> deviations() {
        return Flux.fromIterable(folders)
                .concatMap(folder ->
                        atSource(folder)
                                .concatWith(
                                        Flux.fromIterable(folder.targets())
                                                .concatMap(target -> at(folder, target))));
    }

    private Flux<Deviation> atSource(LocalFolder folder) {
        return servers.index()
                .folderIndex()
                .tally(folder.settings().id())
                .flatMapIterable(tallies -> tallies)
                .concatMapIterable(tally ->
                        tally.examples().stream()
                                .map(path ->
                                        new Deviation(
                                                folder.settings().id(),
                                                Optional.empty(),
                                                path,
                                                kind(tally),
                                                tally.code(),
                                                advice(tally)))
                                .toList());
    }

    private static Deviation.Kind kind(Tally tally) {
        return tally.code() == ErrorCode.HARD_LINKED
                ? Deviation.Kind.SEPARATE
                : Deviation.Kind.SKIPPED;
    }

    /** Examples are few: how many there are is said with each. */
    private static String advice(Tally tally) {
        return "%s (%,d of this code)".formatted(tally.code().advice(), tally.rows());
    }

    private static Flux<Deviation> at(LocalFolder folder, LocalTarget target) {
        Flux<Deviation> ofEntries = target.deviations().map(one -> deviation(folder, target, one));
        return ofEntries.concatWith(
                Flux.fromStream(() ->
                        target.report().stream()
                                .flatMap(report -> report.problems().stream())
                                .filter(problem -> problem.path().isEmpty())
                                .map(problem ->
                                        new Deviation(
                                                folder.settings().id(),
                                                Optional.of(target.settings().id()),
                                                EntryPath.ROOT,
                                                Deviation.Kind.MISSING,
                                                ErrorCode.ofId(problem.code()),
                                                problem.message()))));
    }

    private static Deviation deviation(LocalFolder folder, LocalTarget target, Deviating one) {
        return new Deviation(
                folder.settings().id(),
                Optional.of(target.settings().id()),
                one.path(),
                Deviation.Kind.CONTENT,
                one.code(),
                one.message());
    }

    @Override
    public Mono<Boolean> decide(ApprovalId set, Decision decision) {
        return Flux.fromIterable(folders)
                .concatMap(folder -> folder.decide(set, decision))
                .any(isDecided -> isDecided);
    }

    @Override
    public Mono<Void> ask(Ask ask) {
        return Flux.fromIterable(folders).concatMapDelayError(folder -> folder.ask(ask)).then();
    }

    @Override
    public void schedule(FolderId folder, Schedule fullScan) {
        folders.stream()
                .filter(one -> one.settings().id().equals(folder))
                .forEach(one -> one.schedule(fullScan));
    }

    @Override
    public SystemStatus status() {
        return statusReport.now();
    }

    @Override
    public Progress progress() {
        long looked = 0;
        long applied = 0;
        long written = 0;
        long pending = 0;
        boolean isScanned = true;
        for (LocalFolder folder : folders) {
            looked += folder.looked();
            isScanned &= folder.scanned().isPresent();
            for (LocalTarget target : folder.targets()) {
                applied += target.totals().entriesApplied();
                written += target.totals().bytesWritten();
                pending += target.report().map(Report::pending).orElse(0L);
            }
        }
        boolean isSyncing = stage.get() == Stage.SCANNING;
        Stage now =
                isSyncing && isScanned
                        ? (pending > 0 ? Stage.APPLYING : Stage.STORING)
                        : stage.get();
        OptionalLong total = isScanned ? OptionalLong.of(applied + pending) : OptionalLong.empty();
        return new Progress(now, looked, applied, total, written, OptionalLong.empty());
    }

    @Override
    public Mono<Void> close() {
        return closing;
    }

    private Mono<Void> stop() {
        stage.set(Stage.STOPPING);
        return Flux.fromIterable(folders)
                .flatMap(LocalFolder::stopped, folders.size())
                .then()
                .timeout(GIVING_BACK, Mono.empty())
                .then(Mono.defer(servers::close))
                .doFinally(end -> workers.close());
    }
}
