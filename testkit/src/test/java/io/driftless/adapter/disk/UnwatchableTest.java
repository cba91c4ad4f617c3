package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class UnwatchableTest {
    @TempDir Path directory;

    @Test
    void stands_degraded_where_nothing_can_be_watched() throws IOException {
        URI zip = directory.resolve("zip").toUri();

        try (FileSystem unwatchable =
                FileSystems.newFileSystem(URI.create("jar:" + zip), Map.of("create", "true"))) {
            StepVerifier.create(new PortableWatch(unwatchable.getPath("/"), 10).watch())
                    .expectNextMatches(event ->
                            event instanceof WatchEvent.Degraded(var path, _)
                                    && path.equals(EntryPath.ROOT))
                    .expectNext(new WatchEvent.Watching(0))
                    .thenCancel()
                    .verify(Duration.ofSeconds(10));
        }
    }
}
