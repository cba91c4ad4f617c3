package io.driftless.testkit.simulation;

import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.disk.Disks;
import io.driftless.adapter.disk.TrashLimits;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.adapter.sqlite.SqliteTargetState;
import io.driftless.agent.AgentContext;
import io.driftless.agent.AgentSettings;
import io.driftless.agent.AgentSettings.Checks;
import io.driftless.agent.ApplyFlow;
import io.driftless.agent.Counters;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.testkit.tree.DiskEditor;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** An agent at work on a target on a real disk, with a real state, of a source that is given. */
final class DiskAgent implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final TargetId TARGET = new TargetId("target");

    final DiskEditor disk;
    final CommittedTree source;
    private final Scheduler timer = Schedulers.newSingle("agent");
    private final Scheduler thread = Schedulers.newSingle("state");
    private final Scheduler io = Schedulers.newBoundedElastic(4, 100, "target");
    private final Sinks.Many<Report> reports = Sinks.many().replay().latest();
    private final ApplyFlow flow;
    private final Disposable running;
    private long orders;

    /** The source has files a, b and d/f and a symlink l; all of it is in place afterwards. */
    DiskAgent(Path home, Mode mode, Duration scanEvery) {
        disk = new DiskEditor(home);
        source = new CommittedTree(new MemoryTree(InstantSource.system()), timer);
        fill(source.tree, disk.root());
        source.commit();
        SqliteTargetState state =
                Objects.requireNonNull(
                        SqliteTargetState.open(home.resolve("state.db"), "agent", thread)
                                .block(PATIENCE));
        var ports =
                new AgentContext.Ports(
                        Disks.target(disk.root(), io, InstantSource.system(), TrashLimits.DEFAULT),
                        state,
                        source.pages(),
                        source.store,
                        new ZstdBlockCodec(),
                        new TrustingSigner(),
                        source.bus);
        flow =
                new ApplyFlow(
                        new AgentContext(
                                TARGET,
                                CommittedTree.FOLDER,
                                mode,
                                ports,
                                AgentSettings.defaults()
                                        .withChecks(new Checks(scanEvery, 0, Duration.ZERO)),
                                timer,
                                UUID::randomUUID,
                                new Counters()));
        running =
                flow.run()
                        .subscribe(reports::tryEmitNext, failure -> reports.tryEmitError(failure));
        reported(report -> report.isSettled() && report.scanned().isPresent());
    }

    /** Owned by whoever runs this: others may not give files away. */
    private static void fill(MemoryTree tree, Path mine) {
        tree.write(path("a"), bytes("alpha"));
        tree.write(path("b"), bytes("beta"));
        tree.mkdir(path("d"));
        tree.write(path("d/f"), bytes("file"));
        tree.symlink(path("l"), LinkTarget.parse("a"));
        int uid = owner(mine, "uid");
        int gid = owner(mine, "gid");
        tree.snapshot().keySet().forEach(path -> tree.chown(path, uid, gid));
    }

    private static int owner(Path path, String which) {
        try {
            return (Integer) Files.getAttribute(path, "unix:" + which, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The first report that is as wanted, of those from now on or the last one. */
    Report reported(Predicate<Report> isWanted) {
        return Objects.requireNonNull(
                reports.asFlux().filter(isWanted).blockFirst(PATIENCE), "no such report");
    }

    /** What is said when a scan that is ordered now ended and nothing of it waits. */
    Report scanned() {
        orders++;
        source.bus
                .publish(
                        List.of(
                                new Order(
                                        TARGET, Optional.empty(), false, orders, 0, 0, List.of())))
                .block(PATIENCE);
        return reported(report -> report.scan() == orders && report.pending() == 0);
    }

    /** Everything at the target but our own directory, as text. */
    Map<String, String> tree() {
        return DiskSnapshot.of(disk);
    }

    /** The texts of all files in the trash. */
    List<String> trashed() {
        try (Stream<Path> paths = Files.walk(disk.root().resolve(".driftless/trash"))) {
            return paths.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .map(DiskAgent::text)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() {
        running.dispose();
        flow.stopped().block(PATIENCE);
        timer.dispose();
        thread.dispose();
        io.dispose();
    }
}
