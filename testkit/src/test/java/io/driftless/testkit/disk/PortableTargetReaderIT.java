package io.driftless.testkit.disk;

import io.driftless.port.TreeReader;
import java.nio.file.Path;

/** A target reads as any tree does. */
class PortableTargetReaderIT extends DiskReaderContract {
    @Override
    protected TreeReader newReader(Path root) {
        return PortableTargetTreeIT.target(root);
    }
}
