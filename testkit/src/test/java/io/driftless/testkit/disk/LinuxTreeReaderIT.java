package io.driftless.testkit.disk;

import io.driftless.adapter.disk.LinuxTreeReader;
import io.driftless.port.TreeReader;
import java.nio.file.Path;
import reactor.core.scheduler.Schedulers;

class LinuxTreeReaderIT extends DiskReaderContract {
    @Override
    protected TreeReader newReader(Path root) {
        return new LinuxTreeReader(root, Schedulers.boundedElastic());
    }
}
