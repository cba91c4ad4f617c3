package io.driftless.launcher.engine;

import io.driftless.status.Parked;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.util.List;

/**
 * How one {@code sync} ended. The single paths that are not as desired come from {@link
 * Engine#deviations}.
 *
 * @param parked removals that were not made at the targets
 * @param bytesReadAtSource bytes of files read at the sources, to hash and to store them
 * @param bytesStored bytes that the packs of this sync take in the store
 */
public record SyncOutcome(
        List<TargetOutcome> targets,
        List<Parked> parked,
        long bytesReadAtSource,
        long bytesStored) {
    public SyncOutcome {
        targets = List.copyOf(targets);
        parked = List.copyOf(parked);
    }

    /** True where removals wait for somebody to decide on them. */
    public boolean isWaiting() {
        return parked.stream().anyMatch(Parked::isWaiting);
    }

    /**
     * True where every target is equal to its source, or holds everything of it in overlay mode.
     */
    public boolean isConverged() {
        return targets.stream().allMatch(TargetOutcome::isConverged);
    }

    /**
     * One target.
     *
     * @param seq the commit whose entries are desired there
     * @param entries how many entries that commit holds
     * @param changed entries made, replaced, changed or removed
     * @param bytesWritten bytes of files put in place, from wherever they came
     * @param bytesFetched bytes that were read from the store for it
     * @param deviations paths that are not as desired, or are still to be done
     */
    public record TargetOutcome(
            FolderId folder,
            TargetId target,
            long seq,
            long entries,
            long changed,
            long bytesWritten,
            long bytesFetched,
            long deviations) {
        public boolean isConverged() {
            return deviations == 0;
        }
    }
}
