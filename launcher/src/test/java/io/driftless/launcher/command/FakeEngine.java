package io.driftless.launcher.command;

import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.engine.EngineFactory;
import io.driftless.launcher.engine.Progress;
import io.driftless.launcher.engine.SyncOutcome;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.reconciler.Schedule;
import io.driftless.status.Ask;
import io.driftless.status.SystemStatus;
import io.driftless.tree.FolderId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** An engine that does as it is told, and remembers what was asked of it. */
public final class FakeEngine implements Engine, EngineFactory {
    public Mono<SyncOutcome> sync = Mono.just(new SyncOutcome(List.of(), List.of(), 0, 0));
    public Mono<Void> run = Mono.never();
    Flux<TargetChange> plan = Flux.empty();
    Flux<Deviation> verify = Flux.empty();
    Flux<Deviation> deviations = Flux.empty();
    Mono<Void> opening = Mono.empty();
    public Mono<Void> closing = Mono.empty();
    Progress progress = Progress.NONE;
    SystemStatus status = new SystemStatus("1", 4711, Instant.EPOCH, List.of());

    final Sinks.Many<TargetChange> changes = Sinks.many().multicast().directBestEffort();
    final ApprovalId known = new ApprovalId("0123456789ab");
    final List<String> decided = new ArrayList<>();
    final List<Ask> asked = new ArrayList<>();
    final List<String> schedules = new CopyOnWriteArrayList<>();
    final List<VerifyDepth> depths = new ArrayList<>();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger cancelled = new AtomicInteger();
    Optional<RunSettings> settings = Optional.empty();

    /** Changes something at a target again and again, as fast as it is printed. */
    public void changeWithoutEnd() {
        TargetChange change = CommandLineFixture.created("a", "target");
        while (true) {
            if (!changes.tryEmitNext(change).isSuccess()) {
                Thread.onSpinWait(); // nobody listens yet
            }
        }
    }

    @Override
    public Mono<Engine> open(RunSettings opened, StateDirectory state) {
        settings = Optional.of(opened);
        return opening.thenReturn(this);
    }

    @Override
    public Mono<SyncOutcome> sync() {
        return sync.doOnCancel(cancelled::incrementAndGet);
    }

    @Override
    public Mono<Void> run() {
        return run.doOnCancel(cancelled::incrementAndGet);
    }

    @Override
    public Flux<TargetChange> changes() {
        return changes.asFlux();
    }

    @Override
    public Flux<TargetChange> plan() {
        return plan;
    }

    @Override
    public Flux<Deviation> verify(VerifyDepth depth) {
        depths.add(depth);
        return verify;
    }

    @Override
    public Flux<Deviation> deviations() {
        return deviations;
    }

    @Override
    public Mono<Boolean> decide(ApprovalId set, Decision decision) {
        decided.add(set + " " + decision);
        return Mono.just(set.equals(known));
    }

    @Override
    public Mono<Void> ask(Ask ask) {
        return Mono.fromRunnable(() -> asked.add(ask));
    }

    @Override
    public void schedule(FolderId folder, Schedule fullScan) {
        schedules.add(folder + " " + fullScan);
    }

    @Override
    public SystemStatus status() {
        return status;
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public Mono<Void> close() {
        return Mono.fromRunnable(closed::incrementAndGet).then(closing);
    }
}
