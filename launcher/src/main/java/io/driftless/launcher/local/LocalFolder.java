package io.driftless.launcher.local;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Topic;
import io.driftless.flow.Backoff;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.indexer.IndexFlow;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Engine.VerifyDepth;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.launcher.settings.FolderSettings;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Run;
import io.driftless.port.FolderIndex.Tally;
import io.driftless.port.ParkedRemovals.ParkedSet;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.port.TreeReader;
import io.driftless.reconciler.FolderOrders;
import io.driftless.reconciler.ReconcileFlow;
import io.driftless.reconciler.Schedule;
import io.driftless.reconciler.SourceEntries;
import io.driftless.status.Ask;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.transfer.TransferFlow;
import io.driftless.tree.Version;
import io.driftless.watcher.WatchFlow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One folder of this process: its flows, its targets and what is known of them. */
final class LocalFolder {
    private static final Logger LOG = LoggerFactory.getLogger(LocalFolder.class);

    /** All versions there are and will be. */
    private static final Version EVERYTHING = new Version(Long.MAX_VALUE);

    private static final Duration CHECK = Duration.ofMillis(20);

    private static final Duration SETTLED_EVERY = Duration.ofMillis(500);

    private static final Duration ROOT_EVERY = Duration.ofSeconds(1);

    /** Looks in a row that found no root. */
    private static final int MAX_ROOT_LOSSES = 3;

    private static final Duration REFUSAL_EVERY = Duration.ofSeconds(1);
    private static final int MAX_REFUSALS = 30;
    private static final Duration PARKED_EVERY = Duration.ofSeconds(1);

    /** How long entries that cannot be read are tried before a sync ends without them. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final FolderSettings settings;
    private final Servers servers;
    private final Flows flows;
    private final List<LocalTarget> targets;
    private final FolderOrders orders;
    private final SourceEntries entries;
    private final SourceRest rest;

    private final AtomicReference<Optional<Commit>> newest =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Run>> lastRun = new AtomicReference<>(Optional.empty());
    private final AtomicBoolean isWatchDegraded = new AtomicBoolean();
    private final AtomicBoolean isSettled = new AtomicBoolean();
    private final AtomicReference<Optional<Instant>> scanned =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<List<Tally>> skipped = new AtomicReference<>(List.of());
    private final AtomicReference<List<ParkedSet>> parked = new AtomicReference<>(List.of());
    private final AtomicReference<Optional<SyncException>> rootLost =
            new AtomicReference<>(Optional.empty());
    private final LongAdder runs = new LongAdder();
    private final LongAdder looked = new LongAdder();
    private final LongAdder sourceBytes = new LongAdder();
    private final LongAdder storedBytes = new LongAdder();

    record Flows(
            TreeReader source,
            WatchFlow watch,
            IndexFlow index,
            TransferFlow transfer,
            ReconcileFlow reconcile,
            Scheduler timer) {}

    LocalFolder(FolderSettings settings, Servers servers, Flows flows, List<LocalTarget> targets) {
        this.settings = settings;
        this.servers = servers;
        this.flows = flows;
        this.targets = List.copyOf(targets);
        this.orders =
                new FolderOrders(
                        settings.id(),
                        new FolderOrders.Ports(
                                servers.index().folderIndex(),
                                servers.index().parkedRemovals(),
                                servers.index().packIndex(),
                                Mono.just(servers.bus())),
                        InstantSource.system());
        this.entries =
                new SourceEntries(
                        settings.id(), servers.index().folderIndex(), InstantSource.system());
        this.rest =
                new SourceRest(
                        settings.id(),
                        servers.index().folderIndex(),
                        servers.index().commitLog(),
                        InstantSource.system());
    }

    FolderSettings settings() {
        return settings;
    }

    List<LocalTarget> targets() {
        return targets;
    }

    Optional<Commit> newest() {
        return newest.get();
    }

    Optional<Run> lastRun() {
        return lastRun.get();
    }

    /**
     * True once some directory could not be watched. It stays so for the life of this process: a
     * watch does not tell that it could watch the directory later, so only a scan may be trusted.
     */
    boolean isWatchDegraded() {
        return isWatchDegraded.get();
    }

    /** True where the source was scanned and all that was found since is committed. */
    boolean isSettled() {
        return runs() > 0 && isSettled.get();
    }

    /** When the newest full scan of the source ended. */
    Optional<Instant> scanned() {
        return scanned.get();
    }

    /** Entries of the source that were not carried over when a full scan or a sync ended last. */
    List<Tally> skipped() {
        return skipped.get();
    }

    /** A few of those that are not carried over now, as last asked for. */
    List<Problem> skippedEntries() {
        return entries.told();
    }

    /** Removals that were not made at the targets, as last asked for. */
    List<ParkedSet> parked() {
        return parked.get();
    }

    /** Why the source cannot be read, while its root is not where it was. */
    Optional<SyncException> rootLost() {
        return rootLost.get();
    }

    /** False where there is no such set. */
    Mono<Boolean> decide(ApprovalId set, Decision decision) {
        return orders.decide(set, decision)
                .delayUntil(isDecided -> askParked())
                .flatMap(isDecided -> isDecided ? Mono.just(true) : decideHeld(set, decision));
    }

    /** What is rejected stays as it is, which it does by itself. */
    private Mono<Boolean> decideHeld(ApprovalId set, Decision decision) {
        return Flux.fromIterable(targets)
                .filterWhen(target -> target.holds(set), 1)
                .next()
                .flatMap(target ->
                        decision == Decision.APPROVED
                                ? target.approval(set)
                                        .flatMap(order -> orders.approve(Optional.of(order)))
                                : Mono.just(true))
                .defaultIfEmpty(false);
    }

    /** Completes when source and targets are told. */
    Mono<Void> ask(Ask ask) {
        return Mono.fromRunnable(
                        () -> {
                            if (ask != Ask.RETRY) {
                                flows.reconcile().runNow();
                            }
                        })
                .then(
                        orders.give(
                                ask,
                                Flux.fromIterable(targets).concatMap(target -> target.order(ask))));
    }

    /** Has full scans of the source come by this from now on. */
    void schedule(Schedule fullScan) {
        flows.reconcile().schedule(fullScan);
    }

    /** When the next full scan of the source is due; empty while one is, or is under way. */
    Optional<Instant> nextScan() {
        return flows.reconcile().nextRun();
    }

    private Mono<List<ParkedSet>> askParked() {
        return servers.index().parkedRemovals().sets(settings.id()).doOnNext(parked::set);
    }

    /** Full scans of the source that ended. */
    long runs() {
        return runs.sum();
    }

    /** Entries of the source looked at, whatever for. */
    long looked() {
        return looked.sum();
    }

    /** Bytes of files read at the source: to hash them, and again to store what was missing. */
    long sourceBytes() {
        return sourceBytes.sum();
    }

    /** Bytes of packs written to the store. */
    long storedBytes() {
        return storedBytes.sum();
    }

    /** One full scan, then until every target holds what it found or no more can be done. */
    Mono<Void> sync() {
        Flux<?> working =
                Flux.merge(indexing(), transferring(), applying(), following(), running());
        Mono<Boolean> done =
                Flux.interval(CHECK)
                        .onBackpressureDrop()
                        .concatMap(tick -> isDone(), 1)
                        .filter(isDone -> isDone)
                        .next()
                        .delayUntil(isDone -> askParked())
                        .delayUntil(isDone -> askSkipped())
                        .delayUntil(isDone ->
                                Flux.fromIterable(targets)
                                        .concatMap(LocalTarget::keepDeviations)
                                        .then());
        return Flux.merge(
                        working.ignoreElements().cast(Boolean.class),
                        failsWithoutRoot(),
                        failsWhileRefused(),
                        done)
                .next()
                .then();
    }

    /**
     * Until cancelled. The first full scan begins when the watch stands, so that nothing falls
     * between the two.
     */
    Mono<Void> run() {
        Flux<WatchEvent> watching = flows.watch().run().doOnNext(this::note).publish().refCount(2);
        Mono<WatchEvent> stands = watching.filter(WatchEvent.Watching.class::isInstance).next();
        return Flux.merge(
                        watching,
                        stands.thenMany(running()),
                        indexing(),
                        transferring(),
                        applying(),
                        following(),
                        settling(),
                        parking(),
                        lookingForRoot())
                .then();
    }

    /** After cancelling: completes when leases and targets are given back. */
    Mono<Void> stopped() {
        return Flux.fromIterable(targets)
                .map(LocalTarget::stopped)
                .startWith(flows.transfer().stopped(), flows.reconcile().stopped())
                .flatMap(stopped -> stopped, targets.size() + 2)
                .then();
    }

    private void note(WatchEvent event) {
        if (event instanceof WatchEvent.Degraded) {
            isWatchDegraded.set(true);
        }
    }

    private Flux<?> indexing() {
        return flows.index()
                .run()
                .doOnNext(one -> {
                    looked.add(one.entries());
                    sourceBytes.add(one.bytesRead());
                });
    }

    private Flux<?> transferring() {
        return flows.transfer()
                .run()
                .doOnNext(done -> {
                    if (done instanceof TransferFlow.Transferred.Stored stored) {
                        sourceBytes.add(stored.plainBytes());
                        storedBytes.add(stored.storedBytes());
                    }
                });
    }

    private Flux<?> applying() {
        return Flux.fromIterable(targets).flatMap(LocalTarget::run, Math.max(1, targets.size()), 1);
    }

    private Flux<?> following() {
        return servers.bus()
                .follow(Topic.COMMITS, settings.id().value())
                .doOnNext(
                        commit -> newest.updateAndGet(known -> Optional.of(commit.orNewer(known))));
    }

    private Flux<?> settling() {
        return Flux.interval(SETTLED_EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> isAllCommitted().onErrorReturn(SyncException.class, false), 1)
                .doOnNext(isSettled::set);
    }

    /** Work waits for a lost root by itself; this is for people. */
    private Flux<Optional<SyncException>> lookingForRoot() {
        return Flux.interval(Duration.ZERO, ROOT_EVERY)
                .onBackpressureDrop()
                .concatMap(
                        tick ->
                                flows.source()
                                        .look(List.of(EntryPath.ROOT))
                                        .map(found -> flows.index().rootTrouble())
                                        .onErrorResume(
                                                SyncException.class,
                                                lost -> Mono.just(Optional.of(lost))),
                        1)
                .doOnNext(rootLost::set);
    }

    /** A sync does not wait for somebody to bring the root back. */
    private Mono<Boolean> failsWithoutRoot() {
        return lookingForRoot()
                .scan(0, (losses, lost) -> lost.isPresent() ? losses + 1 : 0)
                .filter(losses -> losses > MAX_ROOT_LOSSES)
                .next()
                .flatMap(losses -> Mono.error(rootLost.get().orElseThrow()));
    }

    /** Nor until somebody gives it other keys. */
    private Mono<Boolean> failsWhileRefused() {
        return Flux.interval(REFUSAL_EVERY)
                .onBackpressureDrop()
                .scan(0, (times, tick) -> storeRefused().isPresent() ? times + 1 : 0)
                .filter(times -> times > MAX_REFUSALS)
                .map(times -> storeRefused())
                .filter(Optional::isPresent)
                .next()
                .flatMap(refused -> Mono.error(refused.orElseThrow()));
    }

    private Optional<SyncException> storeRefused() {
        return servers.storeRefusal().filter(refusal -> refusal.code() == ErrorCode.STORE_REFUSED);
    }

    /** What keeps the source's side from going on. */
    List<SyncException> troubles() {
        return Stream.concat(rootLost().stream(), servers.away().stream()).toList();
    }

    private Flux<?> parking() {
        return Flux.interval(Duration.ZERO, PARKED_EVERY)
                .onBackpressureDrop()
                .concatMap(
                        tick ->
                                askParked()
                                        .then(Mono.defer(() -> entries.ask(skipped.get())))
                                        .onErrorResume(SyncException.class, e -> Mono.empty()),
                        1);
    }

    private Mono<Boolean> isAllCommitted() {
        return servers.index().folderIndex().isSettled(settings.id(), EVERYTHING);
    }

    private Flux<?> running() {
        return flows.reconcile().run().doOnNext(this::note).concatMap(this::tally);
    }

    private Mono<?> tally(Run run) {
        return run.ended().isEmpty()
                ? Mono.empty()
                : askSkipped()
                        .retryWhen(Backoff.DEFAULT.forEver(flows.timer(), LocalFolder::notTallied));
    }

    private Mono<List<Tally>> askSkipped() {
        return servers.index().folderIndex().tally(settings.id()).doOnNext(skipped::set);
    }

    private static void notTallied(Throwable failure) {
        LOG.atInfo()
                .addKeyValue("reason", failure.toString())
                .log("what is skipped is not known yet");
    }

    private void note(Run run) {
        lastRun.set(Optional.of(run));
        if (run.ended().isPresent()) {
            scanned.set(run.ended());
            isSettled.set(false); // what was asked before the run says nothing of what it found
            runs.increment();
        }
    }

    Flux<TargetChange> changes() {
        return Flux.fromIterable(targets).flatMap(LocalTarget::changes, targets.size());
    }

    Flux<TargetChange> plan(LocalTarget target) {
        return comparison(target).plan();
    }

    Flux<Deviation> verify(LocalTarget target, VerifyDepth depth) {
        return comparison(target).verify(depth);
    }

    private TreeComparison comparison(LocalTarget target) {
        return new TreeComparison(
                settings.id(),
                target.settings().id(),
                target.settings().mode(),
                flows.source(),
                target.tree());
    }

    private Mono<Boolean> isDone() {
        if (lastRun.get().flatMap(Run::ended).isEmpty()) {
            return Mono.just(false);
        }
        return isIndexed()
                .flatMap(isIndexed ->
                        isIndexed
                                ? servers.index()
                                        .commitLog()
                                        .newest(settings.id())
                                        .map(this::areTargetsDone)
                                : Mono.just(false));
    }

    /** Where nothing was ever committed, nothing comes to the targets. */
    private boolean areTargetsDone(Optional<Commit> last) {
        Instant now = Instant.now();
        return last.isEmpty() || targets.stream().allMatch(target -> target.isDone(last, now));
    }

    /**
     * Whatever the run found is committed, or no more can be done. Nothing but the run makes work
     * here, some of it late: a large file becomes dirty when it was read, long after the run ended.
     */
    private Mono<Boolean> isIndexed() {
        return isAllCommitted()
                .flatMap(isSettled -> {
                    boolean isPatient =
                            lastRun.get()
                                    .flatMap(Run::ended)
                                    .filter(ended -> ended.plus(PATIENCE).isAfter(Instant.now()))
                                    .isPresent();
                    return isSettled || isPatient ? Mono.just(isSettled) : rest.isHopeless();
                });
    }
}
