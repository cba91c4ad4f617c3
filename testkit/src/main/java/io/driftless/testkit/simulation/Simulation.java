package io.driftless.testkit.simulation;

import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.adapter.memory.MemorySourceWatch;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.agent.AgentContext;
import io.driftless.agent.AgentSettings;
import io.driftless.agent.ApplyFlow;
import io.driftless.agent.Counters;
import io.driftless.event.Commit;
import io.driftless.flow.Backoff;
import io.driftless.guard.RemovalLimit;
import io.driftless.indexer.IndexContext;
import io.driftless.indexer.IndexFlow;
import io.driftless.indexer.IndexSettings;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitLog;
import io.driftless.port.CommitSigner;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.GarbageIndex;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Position;
import io.driftless.port.TargetTree;
import io.driftless.port.TreeReader;
import io.driftless.reconciler.GarbageSettings;
import io.driftless.reconciler.ReconcileContext;
import io.driftless.reconciler.ReconcileFlow;
import io.driftless.reconciler.ReconcileSettings;
import io.driftless.retention.Retention;
import io.driftless.testkit.simulation.Actor.Life;
import io.driftless.transfer.TransferContext;
import io.driftless.transfer.TransferFlow;
import io.driftless.transfer.TransferSettings;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import io.driftless.watcher.WatchFlow;
import io.driftless.watcher.WatchSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * One folder, all its flows and two targets, driven by a seed. {@link #run} edits the source while
 * flows crash and hints are lost, then ends the faults and asks the one question: does every target
 * become what it should be?
 */
public final class Simulation {
    private static final Duration FAULTY = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Often, so that drift is found and found again while faults are on. */
    private static final AgentSettings.Checks CHECKS =
            new AgentSettings.Checks(Duration.ofSeconds(8), 1L << 30, Duration.ofSeconds(2));

    /** Without chance of its own: everything comes from the seed. */
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), 0);

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

    private static final FolderId FOLDER = new FolderId("simulated");

    /** Random edits remove most of a small folder: without it they would wait for approval. */
    private static final RemovalLimit NEVER =
            new RemovalLimit(Duration.ofMinutes(10), 1, 1_000_000);

    /** By then the source was seen: at first contact, whatever is there is the source. */
    private static final int KNOWN_BY = 3_000;

    private final RemovalLimit limit = NEVER;

    private final Random random;
    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final Faults faults;
    private final CommitSigner signer;
    private final Bugs bugs;

    private final MemoryTree source;
    private final MemoryIndex index;
    private final MemoryEventBus bus;
    private final MemoryBlockStore store = new MemoryBlockStore();
    private final FolderIndex.Folder folder;
    private final List<SimulatedTarget> targets = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();
    private final Set<EntryPath> everDesired = new HashSet<>();
    private final Set<ByteBuffer> everHeld = new HashSet<>();
    private final List<String> losses = new ArrayList<>();

    /** Every path that was removed or moved away at the source. */
    private final Set<EntryPath> everGone = new HashSet<>();

    private final StoreLosses storeLosses;
    private final History history;
    private final SourceLosses sourceLosses;
    private boolean losesSource;
    private boolean isWatched = true;

    /** What a run saw. */
    public record Outcome(
            int edits, int drifts, int crashes, Duration convergedAfter, List<String> problems) {
        @Override
        public String toString() {
            return "%d edits, %d drifts, %d crashes, %d problems after %s"
                    .formatted(edits, drifts, crashes, problems.size(), convergedAfter);
        }
    }

    /** One whose edits are never too many to go through by themselves. */
    public Simulation(Random random, CommitSigner signer) {
        this(random, signer, Bugs.NONE);
    }

    Simulation(Random random, CommitSigner signer, Bugs bugs) {
        this.random = random;
        this.bugs = bugs;
        this.signer = signer;
        this.faults = new Faults(random, timer);
        timer.advanceTimeBy(Duration.ofDays(20_000));
        InstantSource clock = () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
        source = new MemoryTree(clock);
        index = new MemoryIndex(clock);
        storeLosses = new StoreLosses(FOLDER, store, random);
        history =
                new History(
                        FOLDER,
                        () -> new StoreAudit(FOLDER, store),
                        commit -> !storeLosses.haveHappened() && isNewest(commit));
        sourceLosses = new SourceLosses(FOLDER, source, index, random);
        bus = new MemoryEventBus(4, timer);
        folder = new FolderIndex.Folder(FOLDER, id());
        index.open(FOLDER, folder.incarnation()).subscribe();
        new SourceEdits(source, random).some(30);
        rememberSource();
        for (Mode mode : Mode.values()) {
            TargetId id = new TargetId(mode.name().toLowerCase(Locale.ROOT));
            targets.add(new SimulatedTarget(id, mode, diskWithFiles(clock)));
        }
        makeActors();
    }

    /** From now on the source itself goes away now and then, and mounts cover parts of it. */
    public Simulation losingSource() {
        losesSource = true;
        return this;
    }

    /** Nobody watches the source: what happens there is found by full scans alone. */
    public Simulation withoutWatcher() {
        isWatched = false;
        return this;
    }

    private MemoryTree diskWithFiles(InstantSource clock) {
        MemoryTree disk = new MemoryTree(clock);
        new SourceEdits(disk, random).some(10);
        return disk;
    }

    private UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private void makeActors() {
        add("watcher", life -> isWatched ? watcher(life) : Flux.never(), () -> {});
        add("indexer", this::indexer, () -> {});
        add("transfer", this::transfer, () -> {});
        add("reconciler", this::reconciler, () -> {});
        targets.forEach(target ->
                add("agent " + target.id(), life -> agent(life, target), () -> crash(target)));
    }

    /** The agent finds what people did meanwhile when it starts again. */
    private void crash(SimulatedTarget target) {
        target.crash();
        losses.addAll(lost(target));
        target.edit(disk -> new SourceEdits(disk, random).some(random.nextInt(4)));
    }

    private void add(String name, Function<Life, Flux<?>> flow, Runnable onCrash) {
        actors.add(new Actor(name, flow, onCrash));
    }

    /** A port as a process sees it: guards of it may be taken away, and calls come late or fail. */
    private <T> T port(Life life, Class<T> port, T real, double failures) {
        return faults.between(life, port, bugs.in(port, real), failures);
    }

    private Flux<?> watcher(Life life) {
        EventBus lossy = new LossyBus(bus, faults, random);
        return new WatchFlow(
                        FOLDER,
                        new MemorySourceWatch(source, 20),
                        port(life, EventBus.class, lossy, 0.02),
                        WatchSettings.defaults().withBackoff(BACKOFF),
                        timer)
                .run();
    }

    private Flux<?> indexer(Life life) {
        return new IndexFlow(
                        new IndexContext(
                                FOLDER,
                                port(life, TreeReader.class, new MemoryTreeReader(source), 0),
                                port(life, FolderIndex.class, index, 0.01),
                                port(life, EventBus.class, bus, 0.01),
                                IndexSettings.defaults().withBackoff(BACKOFF),
                                timer))
                .run();
    }

    private Flux<?> transfer(Life life) {
        BlockStore lateStore = port(life, BlockStore.class, store, 0.02);
        var ports =
                new TransferContext.Ports(
                        port(life, TreeReader.class, new MemoryTreeReader(source), 0),
                        port(life, FolderIndex.class, index, 0.01),
                        port(life, PackIndex.class, index, 0.01),
                        port(life, CommitLog.class, history.watching(index, everGone), 0.01),
                        port(life, ParkedRemovals.class, index, 0.01),
                        lateStore,
                        new StoredPages(
                                lateStore,
                                new ZstdBlockCodec(),
                                FOLDER,
                                StoredPages.Limits.DEFAULT),
                        new ZstdBlockCodec(),
                        signer,
                        port(life, EventBus.class, history.watching(bus), 0.01));
        return new TransferFlow(
                        new TransferContext(
                                folder,
                                ports,
                                TransferSettings.defaults()
                                        .withRemovals(limit)
                                        .withBackoff(BACKOFF),
                                timer,
                                this::id,
                                "holder-" + random.nextInt()))
                .run();
    }

    private Flux<?> reconciler(Life life) {
        BlockStore lateStore = port(life, BlockStore.class, store, 0.02);
        var ports =
                new ReconcileContext.Ports(
                        port(life, FolderIndex.class, index, 0),
                        port(life, PackIndex.class, index, 0.01),
                        port(life, CommitLog.class, index, 0.01),
                        port(life, GarbageIndex.class, index.garbage(), 0.01),
                        lateStore,
                        new StoredPages(
                                lateStore,
                                new ZstdBlockCodec(),
                                FOLDER,
                                StoredPages.Limits.NO_CACHE),
                        new ZstdBlockCodec(),
                        port(life, EventBus.class, bus, 0));
        return new ReconcileFlow(
                        new ReconcileContext(
                                FOLDER,
                                ports,
                                new ReconcileSettings(
                                        Duration.ofSeconds(10), Duration.ofMillis(50), BACKOFF),
                                GARBAGE,
                                timer,
                                this::id,
                                "collector-" + random.nextInt()))
                .run();
    }

    private Flux<?> agent(Life life, SimulatedTarget target) {
        BlockStore lateStore = port(life, BlockStore.class, store, 0.02);
        var ports =
                new AgentContext.Ports(
                        port(life, TargetTree.class, target.tree(), 0),
                        port(life, TargetState.class, target.state(), 0),
                        new StoredPages(
                                lateStore,
                                new ZstdBlockCodec(),
                                FOLDER,
                                StoredPages.Limits.DEFAULT),
                        lateStore,
                        new ZstdBlockCodec(),
                        signer,
                        port(life, EventBus.class, bus, 0.01));
        return new ApplyFlow(
                        new AgentContext(
                                target.id(),
                                FOLDER,
                                target.mode(),
                                ports,
                                AgentSettings.defaults().withChecks(CHECKS),
                                timer,
                                this::id,
                                new Counters()))
                .run();
    }

    /** Runs to the end. No problems: everything converged and nothing was lost. */
    public Outcome run() {
        actors.forEach(Actor::start);
        int edits = scheduleEdits();
        int drifts = scheduleDrift();
        int crashes = scheduleCrashes();
        scheduleLosses();
        scheduleSourceLosses();
        timer.schedulePeriodically(this::lookAtTargets, 100, 100, TimeUnit.MILLISECONDS);
        timer.advanceTimeBy(FAULTY);
        faults.end();
        actors.forEach(Actor::start);
        Duration waited = Duration.ZERO;
        List<String> problems = problems();
        while (!problems.isEmpty() && waited.compareTo(PATIENCE) < 0) {
            timer.advanceTimeBy(Duration.ofSeconds(1));
            waited = waited.plusSeconds(1);
            problems = problems();
        }
        actors.forEach(Actor::crash);
        return new Outcome(edits, drifts, crashes, waited, problems);
    }

    private boolean isNewest(Commit commit) {
        return Objects.requireNonNull(index.newest(FOLDER).block())
                .filter(newest -> newest.seq() == commit.seq())
                .isPresent();
    }

    private void lookAtTargets() {
        targets.forEach(target ->
                target.state()
                        .position()
                        .subscribe(position -> history.stands(target.id(), position)));
    }

    private int scheduleEdits() {
        SourceEdits editing = new SourceEdits(source, random);
        int count = 40 + random.nextInt(60);
        for (int i = 0; i < count; i++) {
            int burst = random.nextInt(6) == 0 ? 10 : 1;
            at(
                    random.nextInt((int) FAULTY.toMillis()),
                    () -> {
                        if (!sourceLosses.isLost()) {
                            editing.some(burst);
                            rememberSource();
                        }
                    });
        }
        return count;
    }

    /** What people and failing disks do to the targets while their agents live. */
    private int scheduleDrift() {
        int drifts = 0;
        for (SimulatedTarget target : targets) {
            int count = random.nextInt(10);
            for (int i = 0; i < count; i++) {
                int edits = random.nextInt(4);
                at(
                        random.nextInt((int) FAULTY.toMillis()),
                        () -> {
                            if (edits == 0) {
                                target.rot(random);
                            } else {
                                target.edit(disk -> new SourceEdits(disk, random).some(edits));
                            }
                        });
            }
            drifts += count;
        }
        return drifts;
    }

    private int scheduleCrashes() {
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            Actor victim = actors.get(random.nextInt(actors.size()));
            int time = random.nextInt((int) FAULTY.toMillis());
            at(time, victim::crash);
            at(time + random.nextInt(2_000), victim::start);
        }
        return count;
    }

    /** The store loses or damages pages and locations: all of it can be made again. */
    private void scheduleLosses() {
        for (int count = random.nextInt(4); count > 0; count--) {
            at(random.nextInt((int) FAULTY.toMillis()), storeLosses::one);
        }
    }

    private void scheduleSourceLosses() {
        for (int i = 0; losesSource && i < 4; i++) {
            int begin = KNOWN_BY + random.nextInt((int) FAULTY.toMillis() - KNOWN_BY - 1_000);
            int end = begin + random.nextInt((int) FAULTY.toMillis() - 1 - begin);
            int kind = random.nextInt(3);
            AtomicReference<Runnable> back = new AtomicReference<>(() -> {});
            at(begin, () -> back.set(sourceLosses.isLost() ? () -> {} : sourceLosses.one(kind)));
            at(end, () -> back.get().run());
        }
    }

    private void rememberSource() {
        Set<EntryPath> now = source.snapshot().keySet();
        everDesired.stream().filter(path -> !now.contains(path)).forEach(everGone::add);
        everDesired.addAll(now);
        everHeld.addAll(FileBytes.of(source));
    }

    private void at(int millis, Runnable action) {
        timer.schedule(action, millis, TimeUnit.MILLISECONDS);
    }

    /** Where things stand, for messages. */
    private String state() {
        return "index: dirty %s, due %s; newest commit %s; targets at %s"
                .formatted(
                        index.dirtyRows(FOLDER, Optional.empty(), 100).block(),
                        index.dueRows(FOLDER, Instant.MAX, 100).block(),
                        index.newest(FOLDER).map(commit -> commit.map(Commit::seq)).block(),
                        targets.stream()
                                .map(target -> target.state().position().map(Position::seq).block())
                                .toList());
    }

    private List<String> problems() {
        List<String> problems = new ArrayList<>(losses);
        problems.addAll(history.problems());
        for (Actor actor : actors) {
            actor.failure()
                    .ifPresent(failure -> problems.add(actor.name() + " failed: " + failure));
        }
        for (SimulatedTarget target : targets) {
            target.differences(source.snapshot())
                    .forEach(one -> problems.add(target.id() + ": " + one));
            problems.addAll(lost(target));
        }
        if (problems.isEmpty()) {
            Commit newest = Objects.requireNonNull(index.newest(FOLDER).block()).orElseThrow();
            problems.addAll(new StoreAudit(FOLDER, store).problems(newest));
        }
        if (!problems.isEmpty()) {
            problems.addFirst(state());
        }
        return problems;
    }

    private List<String> lost(SimulatedTarget target) {
        return target.lost(everDesired, everHeld).stream()
                .map(one -> target.id() + ": " + one)
                .toList();
    }
}
