package io.driftless.testkit.disk;

import io.driftless.adapter.disk.LinuxTargetTree;
import io.driftless.adapter.disk.TrashLimits;
import io.driftless.port.TargetTree;
import java.nio.file.Path;
import java.time.InstantSource;
import reactor.core.scheduler.Schedulers;

class LinuxTargetTreeIT extends DiskTargetContract {
    static TargetTree target(Path root) {
        return new LinuxTargetTree(
                root, Schedulers.boundedElastic(), InstantSource.system(), TrashLimits.DEFAULT);
    }

    @Override
    protected TargetTree newTarget(Path root) {
        return target(root);
    }
}
