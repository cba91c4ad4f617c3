package io.driftless.testkit.disk;

import io.driftless.adapter.disk.PortableTargetTree;
import io.driftless.adapter.disk.TrashLimits;
import io.driftless.port.TreeReader;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.contract.TreeReaderContract;
import io.driftless.testkit.tree.DiskEditor;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/** A target reads as any tree does. */
class PortableTargetReaderIT extends TreeReaderContract {
    private DiskEditor editor;
    private TreeReader reader;

    @BeforeEach
    void makeTree(@TempDir Path home) {
        editor = new DiskEditor(home);
        reader =
                new PortableTargetTree(
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
    protected TreeReader reader() {
        return reader;
    }
}
