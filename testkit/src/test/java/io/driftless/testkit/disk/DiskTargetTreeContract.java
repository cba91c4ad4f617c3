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

/** What a target on a disk has to do, however it is made. */
abstract class DiskTargetTreeContract extends TargetTreeContract {
    private DiskEditor editor;
    private TargetTree target;

    abstract TargetTree newTarget(Path root);

    @BeforeEach
    void makeTarget(@TempDir Path home) {
        editor = new DiskEditor(home);
        target = newTarget(editor.root());
    }

    @AfterEach
    void release() {
        target.release().block(Duration.ofSeconds(10));
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
        target = newTarget(editor.root());
        return target;
    }

    @Override
    protected TargetTree rival() {
        return newTarget(editor.root());
    }
}
