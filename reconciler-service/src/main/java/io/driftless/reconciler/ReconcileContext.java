package io.driftless.reconciler;

import io.driftless.committed.CommittedWalk;
import io.driftless.committed.LostPages;
import io.driftless.flow.SteadyTime;
import io.driftless.port.BlockCodec;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitLog;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.GarbageIndex;
import io.driftless.port.PackIndex;
import io.driftless.port.PageStore;
import io.driftless.tree.FolderId;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.scheduler.Scheduler;

/**
 * What every part of the reconcile flow works with.
 *
 * @param ids gives ids for runs; random, or seeded in a simulation
 * @param holder the name under which this process takes leases
 * @param orders what is wished of targets, by whomever of this process
 */
public record ReconcileContext(
        FolderId folder,
        Ports ports,
        ReconcileSettings settings,
        GarbageSettings garbage,
        Scheduler timer,
        Supplier<UUID> ids,
        String holder,
        StandingOrders orders) {
    /** With orders that nobody else of the process gives. */
    public ReconcileContext(
            FolderId folder,
            Ports ports,
            ReconcileSettings settings,
            GarbageSettings garbage,
            Scheduler timer,
            Supplier<UUID> ids,
            String holder) {
        this(folder, ports, settings, garbage, timer, ids, holder, new StandingOrders());
    }

    /**
     * The outside world.
     *
     * @param pages keeps nothing in memory: what it gives is what is stored now
     */
    public record Ports(
            FolderIndex index,
            PackIndex packs,
            CommitLog commits,
            GarbageIndex garbage,
            BlockStore store,
            PageStore pages,
            BlockCodec codec,
            EventBus bus) {}

    /** What is committed. */
    CommittedWalk committed() {
        return new CommittedWalk(folder, ports.commits(), ports.index());
    }

    /** What makes pages again that the store lost. */
    LostPages lostPages() {
        return new LostPages(folder, committed(), ports.packs(), ports.pages());
    }

    Instant now() {
        return Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    }

    /** For waits: see {@link SteadyTime}. */
    Instant steady() {
        return SteadyTime.of(timer);
    }
}
