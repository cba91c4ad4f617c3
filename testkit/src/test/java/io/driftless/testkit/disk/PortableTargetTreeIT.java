package io.driftless.testkit.disk;

import io.driftless.adapter.disk.PortableTargetTree;
import io.driftless.adapter.disk.TrashLimits;
import io.driftless.port.TargetTree;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import reactor.core.scheduler.Schedulers;

class PortableTargetTreeIT extends DiskTargetContract {
    static TargetTree target(Path root) {
        return new PortableTargetTree(
                root, Schedulers.boundedElastic(), InstantSource.system(), TrashLimits.DEFAULT);
    }

    @Override
    protected TargetTree newTarget(Path root) {
        return target(root);
    }

    @Override
    protected List<String> impossibleSymlinks() {
        return List.of("a//b/");
    }
}
