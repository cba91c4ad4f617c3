package io.driftless.launcher.engine;

import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.reconciler.Schedule;
import io.driftless.status.Ask;
import io.driftless.status.SystemStatus;
import io.driftless.tree.FolderId;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A system that is ready to work, made by {@link EngineFactory}. Exactly one of {@link #sync},
 * {@link #run}, {@link #plan} and {@link #verify} is subscribed to, once; cancelling it stops the
 * work where it can be taken up again.
 */
public interface Engine extends ProgressSource {
    /**
     * Brings every target up to date once: a full scan of each source, then until every target
     * stands at a commit that holds everything up to it, or no more can be done now.
     */
    Mono<SyncOutcome> sync();

    /** Keeps the targets up to date; ends only by cancelling or with a failure. */
    Mono<Void> run();

    /**
     * What was changed at targets, as it happens, from subscribing on. Never ends by itself and
     * never slows the work down: a listener that is too slow misses lines.
     */
    Flux<TargetChange> changes();

    /** What {@link #sync} would change, in path order at each target, changing nothing. */
    Flux<TargetChange> plan();

    /** Compares every target with its source and changes nothing. */
    Flux<Deviation> verify(VerifyDepth depth);

    /** Every path that is not as desired now, at targets and at the source. */
    Flux<Deviation> deviations();

    /**
     * Approves or rejects removals that wait. Work takes note of it by itself, in this process or
     * another.
     *
     * @return false where no folder has such a set
     */
    Mono<Boolean> decide(ApprovalId set, Decision decision);

    /** Completes when every folder and target is told; they do it beside their other work. */
    Mono<Void> ask(Ask ask);

    /**
     * Has this source be scanned in full by another schedule from now on. Does not block; nothing
     * happens where there is no such folder.
     */
    void schedule(FolderId folder, Schedule fullScan);

    /** What a person who asks is told. Does not block; may be called from any thread. */
    SystemStatus status();

    /**
     * Stops everything within five seconds; nothing that was acknowledged is lost. May be
     * subscribed to twice.
     */
    Mono<Void> close();

    /** How closely {@link #verify} looks. */
    enum VerifyDepth {
        /** Kinds, sizes, times, owners and modes; content where these do not prove it. */
        METADATA,
        /** Every byte of every file is read and hashed as well. */
        CONTENT
    }
}
