package io.driftless.adapter.disk;

import io.driftless.port.TargetTree;
import io.driftless.testkit.contract.TargetTreeContract;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.tree.DiskEditor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/**
 * Where a file system cannot swap names or refuse to replace one, as NFS, the promises are the
 * same.
 */
class TargetWithoutRenameFlagsIT extends TargetTreeContract {
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
        Trash trash = new Trash(TrashLimits.DEFAULT, InstantSource.system());
        return new LinuxTargetTree(
                editor.root(), Schedulers.boundedElastic(), trash, new Renames(false));
    }

    @Override
    protected TreeEditor editor() {
        return editor;
    }

    @Override
    protected TargetTree target() {
        return target;
    }

    @Override
    protected TargetTree restarted() {
        release();
        target = newTarget();
        return target;
    }

    @Override
    protected TargetTree rival() {
        return newTarget();
    }
}
