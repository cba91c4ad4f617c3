package io.driftless.launcher.local;

import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Engine.VerifyDepth;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.plan.Mode;
import io.driftless.port.TreeReader;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.util.Optional;
import reactor.core.publisher.Flux;

/**
 * Compares a target with its source directly: no index, no agent's state, nothing is changed. Both
 * are walked together in path order; memory holds one listing for each depth and a few batches.
 *
 * <p>What a FIFO, socket or device at the source hides is compared as if nothing was there, as it
 * is with the agents. A directory that cannot be listed hides everything below it. A target root
 * that does not exist is a target that holds nothing. {@code ROOT_LOST} where the source has no
 * root, or one of the roots goes away meanwhile.
 */
record TreeComparison(
        FolderId folder, TargetId target, Mode mode, TreeReader source, TreeReader targetTree) {
    /** Files read in both trees at the same time. */
    private static final int READS_IN_FLIGHT = 4;

    /**
     * What has to be done so that the target is as desired, in path order. Paths that cannot be
     * told are left out: {@link #verify} says them.
     */
    Flux<TargetChange> plan() {
        return differences(VerifyDepth.METADATA)
                .ofType(Difference.ToDo.class)
                .map(toDo -> new TargetChange(folder, target, toDo.action()));
    }

    /**
     * Every path of the target that is not as desired, and every path of the source that is left
     * out, in path order.
     */
    Flux<Deviation> verify(VerifyDepth depth) {
        FoundDeviations deviations = new FoundDeviations(folder, target);
        return differences(depth)
                .map(deviations::of)
                .filter(Optional::isPresent)
                .map(Optional::get);
    }

    private Flux<Difference> differences(VerifyDepth depth) {
        ContentComparison contents = new ContentComparison(source, targetTree);
        PathComparison paths = new PathComparison(mode, contents, depth);
        return new PairedWalk(mode, source, targetTree)
                .pairs()
                .flatMapSequential(paths::compare, READS_IN_FLIGHT, 1);
    }
}
