package io.driftless.testkit.disk;

import io.driftless.adapter.disk.PortableWatch;
import io.driftless.port.SourceWatch;
import io.driftless.testkit.contract.SourceWatchContract;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.tree.DiskEditor;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class PortableWatchIT extends SourceWatchContract {
    private DiskEditor editor;

    @BeforeEach
    void makeTree(@TempDir Path home) {
        editor = new DiskEditor(home);
    }

    @Override
    protected TreeEditor editor() {
        return editor;
    }

    @Override
    protected SourceWatch watch() {
        return new PortableWatch(editor.root(), 100);
    }
}
