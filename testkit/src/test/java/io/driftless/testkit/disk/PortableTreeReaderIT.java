package io.driftless.testkit.disk;

import io.driftless.adapter.disk.PortableTreeReader;
import io.driftless.port.TreeReader;
import java.nio.file.Path;
import reactor.core.scheduler.Schedulers;

class PortableTreeReaderIT extends DiskReaderContract {
    @Override
    protected TreeReader newReader(Path root) {
        return new PortableTreeReader(root, Schedulers.boundedElastic());
    }
}
