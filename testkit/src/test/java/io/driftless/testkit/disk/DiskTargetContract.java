package io.driftless.testkit.disk;

import io.driftless.port.TargetTree;
import io.driftless.testkit.contract.TargetTreeContract;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.tree.DiskEditor;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What every target on a disk promises. */
public abstract class DiskTargetContract extends TargetTreeContract {
    private DiskEditor editor;
    private TargetTree target;

    /** The target at this root as a new process has it. */
    protected abstract TargetTree newTarget(Path root);

    @BeforeEach
    void makeTarget(@TempDir Path home) {
        editor = new DiskEditor(home);
        target = rival();
    }

    @AfterEach
    void release() {
        target.release().block(Duration.ofSeconds(10));
    }

    @Override
    protected final TreeEditor editor() {
        return editor;
    }

    @Override
    protected final TargetTree target() {
        return target;
    }

    /** A process that ends gives its lock up, and nothing else. */
    @Override
    protected final TargetTree restarted() {
        release();
        target = rival();
        return target;
    }

    @Override
    protected final TargetTree rival() {
        return newTarget(editor.root());
    }
}
