package io.driftless.testkit.disk;

import io.driftless.port.TreeReader;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.contract.TreeReaderContract;
import io.driftless.testkit.tree.DiskEditor;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What every reader of a tree on a disk promises. */
public abstract class DiskReaderContract extends TreeReaderContract {
    private DiskEditor editor;
    private TreeReader reader;

    protected abstract TreeReader newReader(Path root);

    @BeforeEach
    void makeTree(@TempDir Path home) {
        editor = new DiskEditor(home);
        reader = newReader(editor.root());
    }

    @Override
    protected final TreeEditor editor() {
        return editor;
    }

    @Override
    protected final TreeReader reader() {
        return reader;
    }
}
