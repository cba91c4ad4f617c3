package io.driftless.launcher.local;

import io.driftless.agent.AppliedChange;
import io.driftless.block.ContentId;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.plan.Action;
import io.driftless.plan.Actual;
import io.driftless.plan.Mode;
import io.driftless.plan.Planner;
import io.driftless.plan.Situation;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import io.driftless.tree.TargetId;
import java.util.Optional;
import java.util.function.Consumer;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Tells listeners what an agent changed at its target. The agent only hands over: it never waits,
 * and what nobody listens to is forgotten. Listeners are told on a thread that no work needs. Each
 * has room for some thousand changes that wait for it, and misses what comes beyond that.
 */
final class ChangeFeed implements Consumer<AppliedChange> {
    /** Several batches of an agent. */
    static final int MAX_WAITING = 16_384;

    /** What was done is said in full, extras and directory times included, whatever the mode. */
    private final Planner planner = new Planner(Mode.MIRROR);

    private final FolderId folder;
    private final TargetId target;
    private final Scheduler listening;
    private final Sinks.Many<AppliedChange> applied = Sinks.many().multicast().directBestEffort();

    /**
     * @param listening where listeners are told, who may block it
     */
    ChangeFeed(FolderId folder, TargetId target, Scheduler listening) {
        this.folder = folder;
        this.target = target;
        this.listening = listening;
    }

    /** For the agent's work, one change at a time. */
    @Override
    public void accept(AppliedChange change) {
        // Refused where nobody listens; there is nothing to be done about it.
        var _ = applied.tryEmitNext(change);
    }

    /** What is changed from subscribing on; does not end by itself. */
    Flux<TargetChange> changes() {
        return applied.asFlux()
                .onBackpressureBuffer(MAX_WAITING, BufferOverflowStrategy.DROP_LATEST)
                .publishOn(listening)
                .map(this::action)
                .filter(action -> !(action instanceof Action.Keep))
                .map(action -> new TargetChange(folder, target, action));
    }

    private Action action(AppliedChange change) {
        Optional<Actual> before = change.before().map(stat -> before(change, stat));
        return planner.decide(new Situation(change.path(), change.desired(), before, true));
    }

    /** Content that was not written was the desired one before, and the other way round. */
    private static Actual before(AppliedChange change, Stat stat) {
        return change.isContentWritten()
                ? new Actual(stat, Optional.empty(), Optional.of(PathComparison.ANOTHER))
                : new Actual(
                        stat,
                        change.desired().flatMap(ChangeFeed::link),
                        change.desired().flatMap(ChangeFeed::content));
    }

    private static Optional<LinkTarget> link(Entry entry) {
        return entry instanceof Entry.SymlinkEntry symlink
                ? Optional.of(symlink.target())
                : Optional.empty();
    }

    private static Optional<ContentId> content(Entry entry) {
        return entry instanceof Entry.FileEntry file
                ? Optional.of(file.content().id())
                : Optional.empty();
    }
}
