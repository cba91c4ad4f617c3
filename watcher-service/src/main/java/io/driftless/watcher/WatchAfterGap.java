package io.driftless.watcher;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * A watch of a source that others keep already. Whatever happened before it stood was seen by
 * nobody, so the whole source counts as lost at that moment.
 */
final class WatchAfterGap implements SourceWatch {
    private final SourceWatch watch;

    WatchAfterGap(SourceWatch watch) {
        this.watch = watch;
    }

    @Override
    public Flux<WatchEvent> watch() {
        return watch.watch().concatMapIterable(WatchAfterGap::withGap);
    }

    private static List<WatchEvent> withGap(WatchEvent event) {
        return event instanceof WatchEvent.Watching
                ? List.of(new WatchEvent.Lost(EntryPath.ROOT), event)
                : List.of(event);
    }
}
