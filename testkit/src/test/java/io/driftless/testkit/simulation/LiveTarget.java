package io.driftless.testkit.simulation;

import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.agent.AgentContext;
import io.driftless.agent.AgentSettings;
import io.driftless.agent.AgentSettings.Checks;
import io.driftless.agent.ApplyFlow;
import io.driftless.agent.Counters;
import io.driftless.block.BlockHash;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.guard.ApprovalId;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitSigner;
import io.driftless.port.EventBus;
import io.driftless.tree.TargetId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

/** One target with its agent at work, all in memory and on virtual time. */
final class LiveTarget {
    static final TargetId TARGET = new TargetId("target");

    final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    final InstantSource clock = () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    final CommittedTree source;
    final MemoryTree disk;
    MemoryTargetTree tree;
    MemoryTargetState state = MemoryTargetState.create("agent");

    /** This and the next as the agent sees them. */
    BlockStore store;

    EventBus bus;
    CommitSigner signer = new TrustingSigner();

    final List<Report> reports = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final Mode mode;
    private final Checks checks;
    private Optional<Disposable> running = Optional.empty();

    LiveTarget(Mode mode, Checks checks) {
        this.mode = mode;
        this.checks = checks;
        timer.advanceTimeBy(Duration.ofDays(20_000));
        source = new CommittedTree(new MemoryTree(clock), timer);
        store = source.store;
        bus = source.bus;
        disk = new MemoryTree(clock);
        tree = new MemoryTargetTree(disk);
    }

    void start() {
        Random random = new Random(7);
        var ports =
                new AgentContext.Ports(
                        tree, state, source.pages(), store, new ZstdBlockCodec(), signer, bus);
        AgentContext context =
                new AgentContext(
                        TARGET,
                        CommittedTree.FOLDER,
                        mode,
                        ports,
                        AgentSettings.defaults().withChecks(checks),
                        timer,
                        () -> new UUID(random.nextLong(), random.nextLong()),
                        new Counters());
        running = Optional.of(new ApplyFlow(context).run().subscribe(reports::add, failures::add));
    }

    void stop() {
        running.ifPresent(Disposable::dispose);
    }

    /** The agent is killed and started again. */
    void restart() {
        restart(() -> {});
    }

    /** The same, with something done while no agent runs. */
    void restart(Runnable meanwhile) {
        stop();
        tree.crash();
        meanwhile.run();
        tree = new MemoryTargetTree(disk);
        state = state.reopen();
        start();
    }

    void pass(Duration time) {
        timer.advanceTimeBy(time);
        if (!failures.isEmpty()) {
            throw new AssertionError("the agent ended", failures.getFirst());
        }
    }

    void order(long scan, long resync, long retry) {
        order(scan, resync, retry, List.of());
    }

    /** Somebody approves that this set goes. */
    void approve(ApprovalId set) {
        order(0, 0, 0, List.of(set.value()));
    }

    private void order(long scan, long resync, long retry, List<String> approvals) {
        order(new Order(TARGET, Optional.empty(), false, scan, resync, retry, approvals));
    }

    /** The store lost these blocks. */
    void want(List<BlockHash> blocks) {
        order(new Order(TARGET, Optional.empty(), false, 0, 0, 0, List.of()).withWanted(blocks));
    }

    private void order(Order order) {
        source.bus.publish(List.of(order)).block();
    }

    Report report() {
        return reports.getLast();
    }

    /** The texts of all that is in the trash. */
    List<String> trashed() {
        return tree.trash().stream()
                .flatMap(path -> disk.bytes(path).stream())
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
