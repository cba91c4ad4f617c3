package io.driftless.launcher.local;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.disk.Disks;
import io.driftless.adapter.disk.TrashLimits;
import io.driftless.adapter.sqlite.SqliteTargetState;
import io.driftless.agent.AgentContext;
import io.driftless.agent.AgentSettings;
import io.driftless.agent.ApplyFlow;
import io.driftless.agent.Counters;
import io.driftless.flow.Backoff;
import io.driftless.indexer.IndexContext;
import io.driftless.indexer.IndexFlow;
import io.driftless.indexer.IndexSettings;
import io.driftless.launcher.settings.FolderSettings;
import io.driftless.launcher.settings.RetentionSettings;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.settings.TargetSettings;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.port.BlockCodec;
import io.driftless.port.CommitSigner;
import io.driftless.port.FolderIndex;
import io.driftless.port.PageStore;
import io.driftless.port.TargetState;
import io.driftless.port.TreeReader;
import io.driftless.reconciler.GarbageSettings;
import io.driftless.reconciler.ReconcileContext;
import io.driftless.reconciler.ReconcileFlow;
import io.driftless.reconciler.ReconcileSettings;
import io.driftless.reconciler.StandingOrders;
import io.driftless.retention.Retention;
import io.driftless.transfer.TransferContext;
import io.driftless.transfer.TransferFlow;
import io.driftless.transfer.TransferSettings;
import io.driftless.watcher.WatchFlow;
import io.driftless.watcher.WatchSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Wires the flows of one folder on the servers of the engine. */
final class FolderWiring {
    private static final int MAX_BUFFERED_EVENTS = 65_536;

    /**
     * One process at a time has a state directory, so the leases of one that was killed are its
     * successor's: nobody waits until they run out.
     */
    private static final String HOLDER = "local";

    /** Of all targets of the process together; each file that is fetched has so many at most. */
    private static final int RANGES_IN_FLIGHT = 16;

    private final FolderSettings settings;
    private final RunSettings run;
    private final StateDirectory state;
    private final Servers servers;
    private final Workers workers;
    private final BlockCodec codec = new ZstdBlockCodec();
    private final CommitSigner signer;
    private final TreeReader source;

    /** Of the folder's collector and of whoever asks something of its targets. */
    private final StandingOrders orders = new StandingOrders();

    /** One for the folder's committer and all its targets: they want the same pages. */
    private final PageStore pages;

    FolderWiring(
            FolderSettings settings,
            RunSettings run,
            StateDirectory state,
            Servers servers,
            Workers workers) {
        this.settings = settings;
        this.run = run;
        this.state = state;
        this.servers = servers;
        this.workers = workers;
        this.signer = Ed25519Signer.signing(state.keys().resolve(settings.id() + ".key"));
        this.source = Disks.reader(settings.source(), workers.source());
        this.pages =
                new StoredPages(servers.store(), codec, settings.id(), StoredPages.Limits.DEFAULT);
    }

    Mono<LocalFolder> open() {
        return servers.index()
                .folderIndex()
                .open(settings.id(), UUID.randomUUID())
                .flatMap(folder ->
                        Flux.fromIterable(settings.targets())
                                .concatMap(this::target)
                                .collectList()
                                .map(targets ->
                                        new LocalFolder(
                                                settings,
                                                servers,
                                                new LocalFolder.Flows(
                                                        source,
                                                        watch(),
                                                        index(),
                                                        transfer(folder),
                                                        reconcile(),
                                                        workers.timer()),
                                                targets)));
    }

    private WatchFlow watch() {
        return new WatchFlow(
                settings.id(),
                Disks.watch(settings.source(), MAX_BUFFERED_EVENTS),
                servers.bus(),
                WatchSettings.defaults(),
                workers.timer());
    }

    private IndexFlow index() {
        return new IndexFlow(
                new IndexContext(
                        settings.id(),
                        source,
                        servers.index().folderIndex(),
                        servers.index().proofs(),
                        servers.bus(),
                        IndexSettings.defaults()
                                .withAcceptMounts(run.guards().acceptMounts())
                                .withScrubBytesPerHour(run.checks().scrubBytesPerHour()),
                        workers.timer(),
                        HOLDER));
    }

    private TransferFlow transfer(FolderIndex.Folder folder) {
        var ports =
                new TransferContext.Ports(
                        source,
                        servers.index().folderIndex(),
                        servers.index().packIndex(),
                        servers.index().commitLog(),
                        servers.index().recovery(),
                        servers.index().parkedRemovals(),
                        servers.store(),
                        pages,
                        codec,
                        signer,
                        servers.bus());
        return new TransferFlow(
                new TransferContext(
                        folder,
                        ports,
                        TransferSettings.defaults().withRemovals(run.guards().removals()),
                        workers.timer(),
                        UUID::randomUUID,
                        HOLDER));
    }

    private ReconcileFlow reconcile() {
        var ports =
                new ReconcileContext.Ports(
                        servers.index().folderIndex(),
                        servers.index().packIndex(),
                        servers.index().commitLog(),
                        servers.index().garbageIndex(),
                        servers.store(),
                        new StoredPages(
                                servers.store(), codec, settings.id(), StoredPages.Limits.NO_CACHE),
                        codec,
                        servers.bus());
        return new ReconcileFlow(
                new ReconcileContext(
                        settings.id(),
                        ports,
                        new ReconcileSettings(
                                settings.fullScan(), Duration.ofMillis(20), Backoff.DEFAULT),
                        garbage(run.retention()),
                        workers.timer(),
                        UUID::randomUUID,
                        HOLDER,
                        orders));
    }

    private static GarbageSettings garbage(RetentionSettings retention) {
        GarbageSettings rest = GarbageSettings.DEFAULT;
        Duration grace = retention.grace();
        return new GarbageSettings(
                grace.compareTo(rest.collectEvery()) < 0 ? grace : rest.collectEvery(),
                rest.searchEvery(),
                new Retention(retention.time(), retention.commits(), rest.retention().silence()),
                grace,
                rest.checkPages(),
                rest.checkPacks(),
                rest.leaseLife(),
                rest.batch());
    }

    /** A range takes up to 8 MiB of memory, and each target holds several: they share the room. */
    static int rangesInFlight(int targets) {
        return Math.clamp(
                RANGES_IN_FLIGHT / Math.max(1, targets),
                1,
                AgentSettings.defaults().rangesInFlight());
    }

    private int targetCount() {
        return run.folders().stream().mapToInt(folder -> folder.targets().size()).sum();
    }

    private AgentSettings.Checks checks() {
        return new AgentSettings.Checks(
                run.checks().scanEvery(),
                run.checks().scrubBytesPerHour(),
                AgentSettings.Checks.DEFAULT.proveAfter());
    }

    private Mono<LocalTarget> target(TargetSettings target) {
        return SqliteTargetState.open(
                        state.target(target.id()),
                        UUID.randomUUID().toString(),
                        workers.state(target.id()))
                .map(opened -> target(target, opened));
    }

    private LocalTarget target(TargetSettings target, TargetState opened) {
        var tree =
                Disks.target(
                        target.directory(),
                        workers.targets(),
                        InstantSource.system(),
                        TrashLimits.DEFAULT);
        var ports =
                new AgentContext.Ports(
                        tree, opened, pages, servers.store(), codec, signer, servers.bus());
        ChangeFeed changes = new ChangeFeed(settings.id(), target.id(), workers.listeners());
        Counters counters = new Counters(changes);
        ApplyFlow flow =
                new ApplyFlow(
                        new AgentContext(
                                target.id(),
                                settings.id(),
                                target.mode(),
                                ports,
                                AgentSettings.defaults()
                                        .withRangesInFlight(rangesInFlight(targetCount()))
                                        .withExtras(run.guards().removals())
                                        .withChecks(checks()),
                                workers.timer(),
                                UUID::randomUUID,
                                counters));
        return new LocalTarget(
                target, new LocalTarget.Parts(opened, tree, flow, counters, changes, orders));
    }
}
