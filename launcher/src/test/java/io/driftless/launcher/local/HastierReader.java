package io.driftless.launcher.local;

import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** A reader whose every look takes less time than the one before. */
final class HastierReader implements TreeReader {
    private final TreeReader reader;
    private final Scheduler timer;
    private Duration delay = Duration.ofSeconds(1);

    HastierReader(TreeReader reader, Scheduler timer) {
        this.reader = reader;
        this.timer = timer;
    }

    @Override
    public Flux<Listed> walk(EntryPath top, Optional<EntryPath> after) {
        return reader.walk(top, after);
    }

    @Override
    public Mono<List<Listed>> list(EntryPath directory) {
        return reader.list(directory);
    }

    @Override
    public Mono<List<Found>> look(List<EntryPath> paths) {
        delay = delay.dividedBy(2);
        return reader.look(paths).delayElement(delay, timer);
    }

    @Override
    public Mono<Cut> cut(EntryPath path, long offset, long maxBytes) {
        return reader.cut(path, offset, maxBytes);
    }

    @Override
    public Mono<List<ByteBuffer>> read(EntryPath path, List<Range> ranges) {
        return reader.read(path, ranges);
    }
}
