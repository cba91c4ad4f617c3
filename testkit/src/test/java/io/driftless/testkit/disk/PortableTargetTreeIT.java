package io.driftless.testkit.disk;

import io.driftless.adapter.disk.PortableTargetTree;
import io.driftless.adapter.disk.TrashLimits;
import io.driftless.port.TargetTree;
import io.driftless.testkit.contract.TargetTreeContract;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.tree.DiskEditor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

class PortableTargetTreeIT extends TargetTreeContract {
    private DiskEditor editor;
    private TargetTree target;

    @BeforeEach
    void makeTarget(@TempDir Path home) {
        editor = new DiskEditor(home);
        target = newTarget();
    }

    @AfterEach
    void release() {
        target.release().block(Duration.ofSeconds(10));
    }

    private TargetTree newTarget() {
        return new PortableTargetTree(
                editor.root(),
                Schedulers.boundedElastic(),
                InstantSource.system(),
                TrashLimits.DEFAULT);
    }

    @Override
    protected TreeEditor editor() {
        return editor;
    }

    @Override
    protected TargetTree target() {
        return target;
    }

    /** A process that ends gives its lock up, and nothing else. */
    @Override
    protected TargetTree restarted() {
        release();
        target = newTarget();
        return target;
    }

    @Override
    protected List<String> impossibleSymlinks() {
        return List.of("a//b/");
    }

    @Override
    protected TargetTree rival() {
        return newTarget();
    }
}
