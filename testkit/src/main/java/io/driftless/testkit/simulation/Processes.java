package io.driftless.testkit.simulation;

import io.driftless.adapter.circuit.ProbingStore;
import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemorySourceWatch;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.agent.AgentContext;
import io.driftless.agent.AgentSettings;
import io.driftless.agent.ApplyFlow;
import io.driftless.agent.Counters;
import io.driftless.flow.Backoff;
import io.driftless.guard.RemovalLimit;
import io.driftless.indexer.IndexContext;
import io.driftless.indexer.IndexFlow;
import io.driftless.indexer.IndexSettings;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitLog;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.GarbageIndex;
import io.driftless.port.IndexRecovery;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.TargetState;
import io.driftless.port.TargetTree;
import io.driftless.port.TreeReader;
import io.driftless.reconciler.GarbageSettings;
import io.driftless.reconciler.ReconcileContext;
import io.driftless.reconciler.ReconcileFlow;
import io.driftless.reconciler.ReconcileSettings;
import io.driftless.reconciler.Schedule;
import io.driftless.retention.Retention;
import io.driftless.testkit.simulation.Actor.Life;
import io.driftless.transfer.TransferContext;
import io.driftless.transfer.TransferFlow;
import io.driftless.transfer.TransferSettings;
import io.driftless.watcher.WatchFlow;
import io.driftless.watcher.WatchSettings;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** The flows of the services, on ports whose calls come late and fail, and have guards missing. */
final class Processes {
    private static final int FEW_ROWS = 4;
    private static final int FEW_BLOCKS = 3;

    /** Often, so that drift is found and found again while faults are on. */
    private static final AgentSettings.Checks CHECKS =
            new AgentSettings.Checks(Duration.ofSeconds(8), 1L << 30, Duration.ofSeconds(2));

    /** Without chance of its own: everything comes from the seed. */
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), 0);

    /** So short that whoever is stopped for a while finds its lease with another. */
    private static final Duration LEASE = Duration.ofSeconds(3);

    /**
     * So short that everything a commit drops is deleted while edits go on and may bring it back.
     */
    private static final GarbageSettings GARBAGE =
            new GarbageSettings(
                    Duration.ofMillis(300),
                    Duration.ofMillis(500),
                    new Retention(Duration.ofMillis(200), 1, Duration.ofSeconds(2)),
                    Duration.ofMillis(300),
                    1_000,
                    1_000,
                    Duration.ofSeconds(1),
                    10);

    private final World world;
    private final Faults faults;
    private final Bugs bugs;
    private final History history;
    private BlockStore store;

    /** Some have nothing at the end but what people put there: else it would wait for approval. */
    private AgentSettings agents =
            AgentSettings.defaults().withChecks(CHECKS).withExtras(RemovalLimit.NEVER);

    /** Random edits remove most of a small folder: else they would wait for approval. */
    private RemovalLimit limit = RemovalLimit.NEVER;

    private boolean mayReturn = true;
    private int returned;

    Processes(World world, Faults faults, Bugs bugs, History history) {
        this.world = world;
        this.faults = faults;
        this.bugs = bugs;
        this.history = history;
        this.store = world.store();
    }

    /** They use this one, which stands before that of the world. */
    void use(BlockStore other) {
        store = other;
    }

    /** Agents write longer files block by block. */
    void largeIsLongerThan(long bytes) {
        agents = agents.withLargeBytes(bytes);
    }

    /** More than this is removed only when somebody said so; without it, anything is. */
    void limitRemovals(RemovalLimit most) {
        limit = most;
    }

    /** From now on agents may only read what is stored. */
    void forbidReturns() {
        mayReturn = false;
    }

    /** How many blocks agents gave back. */
    int returned() {
        return returned;
    }

    /** A port as a process sees it: guards of it may be taken away, and calls come late or fail. */
    private <T> T port(Life life, Class<T> port, T real, double failures) {
        return faults.between(life, port, bugs.in(port, real), failures);
    }

    private TreeReader source(Life life) {
        return port(life, TreeReader.class, new MemoryTreeReader(world.source()), 0);
    }

    private StoredPages pages(BlockStore store, StoredPages.Limits limits) {
        return new StoredPages(store, new ZstdBlockCodec(), world.folderId(), limits);
    }

    /** Each process finds out by itself what is of one object. */
    private BlockStore store(Life life, BlockStore real) {
        BlockStore probing = new ProbingStore(real, life.clock());
        return port(life, BlockStore.class, probing, 0.02);
    }

    Flux<?> watcher(Life life) {
        EventBus lossy = new ForwardingBus(world.bus(), new LossyHints(faults, world.random()));
        return new WatchFlow(
                        world.folderId(),
                        new MemorySourceWatch(world.source(), 20),
                        port(life, EventBus.class, lossy, 0.02),
                        WatchSettings.defaults().withBackoff(BACKOFF),
                        life.clock())
                .run();
    }

    Flux<?> indexer(Life life) {
        return new IndexFlow(
                        new IndexContext(
                                world.folderId(),
                                source(life),
                                port(life, FolderIndex.class, world.index(), 0.01),
                                world.index().proofs(),
                                port(life, EventBus.class, world.bus(), 0.01),
                                IndexSettings.defaults()
                                        .withScrubBytesPerHour(0)
                                        .withBackoff(BACKOFF),
                                life.clock(),
                                "indexer"))
                .run();
    }

    Flux<?> transfer(Life life) {
        BlockStore store = store(life, this.store);
        ParkedHistory.Committer committer = history.parked().committer();
        CommitLog commits = committer.commits(history.watching(world.index()));
        EventBus forging =
                new ForwardingBus(
                        history.watching(world.bus()), new ForgedCommits(faults, world.random()));
        var ports =
                new TransferContext.Ports(
                        source(life),
                        port(life, FolderIndex.class, world.index(), 0.01),
                        port(life, PackIndex.class, world.index(), 0.01),
                        port(life, CommitLog.class, commits, 0.01),
                        port(life, IndexRecovery.class, world.index(), 0.01),
                        faults.between(life, ParkedRemovals.class, parked(committer), 0.01),
                        store,
                        pages(store, StoredPages.Limits.DEFAULT),
                        new ZstdBlockCodec(),
                        world.signer(),
                        port(life, EventBus.class, forging, 0.01));
        int holder = world.random().nextInt();
        return new TransferFlow(
                        new TransferContext(
                                world.folder(),
                                ports,
                                transferSettings(holder),
                                life.clock(),
                                world::id,
                                "holder-" + holder))
                .run();
    }

    /** Some commit so little at once that a directory is removed, or put, in several pieces. */
    private TransferSettings transferSettings(int holder) {
        TransferSettings settings =
                TransferSettings.defaults()
                        .withRemovals(limit)
                        .withBackoff(BACKOFF)
                        .withLeaseLife(LEASE);
        return switch (Math.floorMod(holder, 3)) {
            case 0 -> settings.withMaxCommitRows(FEW_ROWS);
            case 1 -> settings.withMaxCommitBlocks(FEW_BLOCKS);
            default -> settings;
        };
    }

    private ParkedRemovals parked(ParkedHistory.Committer committer) {
        return committer.parked(bugs.in(ParkedRemovals.class, world.index()));
    }

    Flux<?> operator(Life life) {
        ParkedRemovals parked = parked(history.parked().committer());
        return new Operator(
                        world,
                        faults.between(life, ParkedRemovals.class, parked, 0.02),
                        port(life, PackIndex.class, world.index(), 0.02),
                        faults::areOn)
                .run();
    }

    Flux<?> reconciler(Life life) {
        BlockStore store = store(life, history.watching(this.store));
        var ports =
                new ReconcileContext.Ports(
                        port(life, FolderIndex.class, world.index(), 0),
                        port(life, PackIndex.class, world.index(), 0.01),
                        port(life, CommitLog.class, world.index(), 0.01),
                        port(life, GarbageIndex.class, world.index().garbage(), 0.01),
                        store,
                        pages(store, StoredPages.Limits.NO_CACHE),
                        new ZstdBlockCodec(),
                        port(life, EventBus.class, world.bus(), 0));
        return new ReconcileFlow(
                        new ReconcileContext(
                                world.folderId(),
                                ports,
                                new ReconcileSettings(
                                        new Schedule.Every(Duration.ofSeconds(10)),
                                        Duration.ofMillis(50),
                                        BACKOFF),
                                GARBAGE,
                                life.clock(),
                                world::id,
                                "collector-" + world.random().nextInt()))
                .run();
    }

    Flux<?> agent(Life life, SimulatedAgent agent) {
        SimulatedTarget target = agent.target();
        TargetTree tree = target.claims().watching(bugs.in(TargetTree.class, agent.tree()), agent);
        BlockStore rights =
                new AgentRights(
                        this.store,
                        world.folderId(),
                        mayReturn ? Optional.of(() -> returned++) : Optional.empty());
        BlockStore store = store(life, rights);
        var ports =
                new AgentContext.Ports(
                        faults.between(life, TargetTree.class, tree, 0),
                        port(life, TargetState.class, agent.state(), 0),
                        pages(store, StoredPages.Limits.DEFAULT),
                        store,
                        new ZstdBlockCodec(),
                        world.signer(),
                        port(life, EventBus.class, world.bus(), 0.01));
        return new ApplyFlow(
                        new AgentContext(
                                target.id(),
                                world.folderId(),
                                target.mode(),
                                ports,
                                agents,
                                life.clock(),
                                world::id,
                                new Counters()))
                .run();
    }
}
