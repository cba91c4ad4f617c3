package io.driftless.agent;

import io.driftless.flow.SteadyTime;
import io.driftless.plan.Mode;
import io.driftless.port.BlockCodec;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitSigner;
import io.driftless.port.EventBus;
import io.driftless.port.PageStore;
import io.driftless.port.TargetState;
import io.driftless.port.TargetTree;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.scheduler.Scheduler;

/**
 * What every part of an agent works with.
 *
 * @param ids gives names for staged files; random, or seeded in a simulation
 */
public record AgentContext(
        TargetId target,
        FolderId folder,
        Mode mode,
        Ports ports,
        AgentSettings settings,
        Scheduler timer,
        Supplier<UUID> ids,
        Counters counters) {
    /** What the names of staged bytes begin with. */
    static final String STAGED = "s-";

    /** The outside world. */
    public record Ports(
            TargetTree tree,
            TargetState state,
            PageStore pages,
            BlockStore store,
            BlockCodec codec,
            CommitSigner signer,
            EventBus bus) {}

    Instant now() {
        return Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    }

    /** For waits: see {@link SteadyTime}. */
    Instant steady() {
        return SteadyTime.of(timer);
    }

    /** A name for bytes that we write. */
    TargetTree.StageName stageName() {
        return new TargetTree.StageName(STAGED + ids.get());
    }

    /**
     * A name for a file that is taken from the tree: until its stat is checked it may be
     * somebody's.
     */
    TargetTree.StageName takenName() {
        return new TargetTree.StageName("t-" + ids.get());
    }
}
