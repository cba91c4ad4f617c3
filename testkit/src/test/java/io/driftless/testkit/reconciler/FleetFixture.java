package io.driftless.testkit.reconciler;

import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Event;
import io.driftless.event.Hint;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.event.Report.Held;
import io.driftless.event.Signature;
import io.driftless.event.Topic;
import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.reconciler.FleetStatus;
import io.driftless.reconciler.GarbageSettings;
import io.driftless.reconciler.ReconcileContext;
import io.driftless.reconciler.ReconcileFlow;
import io.driftless.reconciler.ReconcileSettings;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.status.SystemStatus.TargetStatus;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What is known of a fleet, over ports in memory that can be away, on virtual time. */
abstract class FleetFixture {
    static final FolderId FOLDER = new FolderId("photos");
    static final UUID INCARNATION = new UUID(1, 2);
    static final Duration FORGET_AFTER = Duration.ofDays(30);
    static final SyncException AWAY =
            new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "It is away.");

    final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    final InstantSource clock = () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    final MemoryIndex index = new MemoryIndex(clock);
    final MemoryEventBus bus = new MemoryEventBus(1, timer);

    /** What a call of the index comes to, where it is not answered. */
    final AtomicReference<Optional<Mono<Object>>> indexFault =
            new AtomicReference<>(Optional.empty());

    final AtomicReference<Optional<SyncException>> busFault =
            new AtomicReference<>(Optional.empty());

    /** How far the database's clock is before ours. */
    Duration databaseAhead = Duration.ZERO;

    /** What the database calls the newest commit. */
    final AtomicReference<Optional<Commit>> committed = new AtomicReference<>(Optional.empty());

    final List<Hint> hints = new ArrayList<>();
    final List<Order> orders = new ArrayList<>();
    final List<FolderId> announced = new ArrayList<>();
    private final Disposable.Composite running = Disposables.composite();
    boolean isIndexerAway;
    private FleetStatus fleet;

    @BeforeEach
    void begin() {
        timer.advanceTimeBy(Duration.ofDays(20_000));
        index.open(FOLDER, INCARNATION).block();
        running.add(bus.followAll(Topic.ORDERS).subscribe(orders::add));
        running.add(index.stored().subscribe(announced::add));
        running.add(bus.followAll(Topic.HINTS).subscribe(this::walk));
        restart();
    }

    @AfterEach
    void end() {
        running.dispose();
    }

    final FleetStatus fleet() {
        return fleet;
    }

    /** A process that knows nothing yet, on what is there. */
    final void restart() {
        FleetStatus.Ports ports =
                new FleetStatus.Ports(
                        port(FolderIndex.class),
                        port(CommitLog.class),
                        port(ParkedRemovals.class),
                        port(PackIndex.class),
                        whileThere(Mono.just(bus)),
                        whileThere(Mono.empty()),
                        Mono.fromSupplier(() -> clock.instant().plus(databaseAhead)));
        fleet = new FleetStatus(FOLDER, ports, timer, FORGET_AFTER);
        running.add(fleet.run().subscribe());
    }

    private <T> Mono<T> whileThere(Mono<T> call) {
        return Mono.defer(() -> busFault.get().<Mono<T>>map(Mono::error).orElse(call));
    }

    /** Every call of it is answered by the index in memory, or as {@link #indexFault} says. */
    private <T> T port(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            if (indexFault.get().isPresent()) {
                                return indexFault.get().get();
                            }
                            if (type == CommitLog.class) {
                                return Mono.just(committed.get());
                            }
                            return called(method, index, arguments);
                        }));
    }

    private static Object called(Method method, Object of, Object[] arguments) throws Throwable {
        try {
            return method.invoke(of, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getTargetException();
        }
    }

    /** Begins to order full scans. */
    final void startFlow() {
        MemoryBlockStore store = new MemoryBlockStore();
        ZstdBlockCodec codec = new ZstdBlockCodec();
        var ports =
                new ReconcileContext.Ports(
                        index,
                        index,
                        index,
                        index.garbage(),
                        store,
                        new StoredPages(store, codec, FOLDER, StoredPages.Limits.NO_CACHE),
                        codec,
                        bus);
        ReconcileFlow flow =
                new ReconcileFlow(
                        new ReconcileContext(
                                FOLDER,
                                ports,
                                ReconcileSettings.defaults(),
                                GarbageSettings.DEFAULT,
                                timer,
                                UUID::randomUUID,
                                "here"));
        running.add(fleet.runs(flow).subscribe());
        pass(Duration.ofSeconds(5));
    }

    /** An indexer that finds nothing, at once. */
    private void walk(Hint hint) {
        hints.add(hint);
        hint.run()
                .filter(_ -> !isIndexerAway)
                .ifPresent(run -> {
                    index.beginRun(FOLDER, run, clock.instant()).block();
                    index.endRun(run, clock.instant()).block();
                });
    }

    final void pass(Duration time) {
        timer.advanceTimeBy(time);
    }

    final void say(Event event) {
        bus.publish(List.of(event)).block();
        pass(Duration.ofMillis(100));
    }

    /** What somebody who asks now is told, after at most this long. */
    final FolderStatus statusWithin(Duration patience) {
        AtomicReference<Optional<FolderStatus>> told = new AtomicReference<>(Optional.empty());
        running.add(
                fleet.status()
                        .subscribe(status -> told.set(Optional.of(status.folders().getFirst()))));
        pass(patience);
        return told.get().orElseThrow();
    }

    final FolderStatus status() {
        return statusWithin(Duration.ZERO);
    }

    final TargetStatus target() {
        return status().targets().getFirst();
    }

    final List<String> problems() {
        return status().problems().stream().map(Problem::message).toList();
    }

    final Commit commit(long seq) {
        return new Commit(
                FOLDER,
                INCARNATION,
                seq,
                root(seq),
                Optional.empty(),
                Commit.ALL,
                "",
                new Commit.Summary(3, 4),
                clock.instant(),
                new Commit.Changes.None(),
                Signature.NONE);
    }

    private static PageHash root(long seq) {
        return Sha256.page(new byte[] {(byte) seq});
    }

    /** A target that did what this commit desires. */
    final Report report(String target, long seq) {
        return report(new TargetId(target), FOLDER, seq);
    }

    final Report report(TargetId target, FolderId folder, long seq) {
        return report(target, folder, seq, Map.of());
    }

    final Report report(TargetId target, FolderId folder, long seq, Map<String, Long> deviations) {
        return report(target, folder, seq, deviations, Optional.empty());
    }

    /** Of a target that holds this many entries that were never put there. */
    final Report holding(String target, long seq, Held held) {
        Map<String, Long> deviations = Map.of(ErrorCode.EXTRAS_HELD.id(), held.entries());
        return report(new TargetId(target), FOLDER, seq, deviations, Optional.of(held));
    }

    private Report report(
            TargetId target,
            FolderId folder,
            long seq,
            Map<String, Long> deviations,
            Optional<Held> held) {
        return new Report(
                target,
                folder,
                INCARNATION,
                seq,
                Optional.of(root(seq)),
                deviations,
                0,
                Optional.of(Instant.EPOCH),
                Optional.of(Instant.EPOCH),
                4,
                5,
                6,
                new Report.Totals(0, 0, 0),
                List.of(),
                new Report.Checks(Map.of("extra", 2L), 3, 9, held),
                Set.of(),
                Optional.of(clock.instant()));
    }

    /** What a call that nobody has to wait for comes to. */
    static <T> T get(Mono<T> call) {
        return Objects.requireNonNull(call.block(Duration.ofSeconds(10)));
    }
}
