package io.driftless.adapter.disk;

import io.driftless.port.TargetTree;
import io.driftless.testkit.disk.DiskTargetContract;
import java.nio.file.Path;
import java.time.InstantSource;
import reactor.core.scheduler.Schedulers;

/**
 * Where a file system cannot swap names or refuse to replace one, as NFS, the promises are the
 * same.
 */
class TargetWithoutRenameFlagsIT extends DiskTargetContract {
    @Override
    protected TargetTree newTarget(Path root) {
        Trash trash = new Trash(TrashLimits.DEFAULT, InstantSource.system());
        return new LinuxTargetTree(root, Schedulers.boundedElastic(), trash, new Renames(false));
    }
}
