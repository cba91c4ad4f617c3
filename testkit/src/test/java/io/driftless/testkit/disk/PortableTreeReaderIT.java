package io.driftless.testkit.disk;

import io.driftless.adapter.disk.PortableTreeReader;
import io.driftless.port.TreeReader;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.contract.TreeReaderContract;
import io.driftless.testkit.tree.DiskEditor;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

class PortableTreeReaderIT extends TreeReaderContract {
    private DiskEditor editor;
    private TreeReader reader;

    @BeforeEach
    void makeTree(@TempDir Path home) {
        editor = new DiskEditor(home);
        reader = new PortableTreeReader(editor.root(), Schedulers.boundedElastic());
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
