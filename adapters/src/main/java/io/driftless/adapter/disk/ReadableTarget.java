package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The part of a target that reads: it does what a reader of the same root does. */
abstract class ReadableTarget implements TargetTree {
    private final TreeReader reader;

    ReadableTarget(TreeReader reader) {
        this.reader = reader;
    }

    @Override
    public final Flux<Listed> walk(EntryPath top, Optional<EntryPath> after) {
        return reader.walk(top, after);
    }

    @Override
    public final Mono<List<Listed>> list(EntryPath directory) {
        return reader.list(directory);
    }

    @Override
    public final Mono<Boolean> adopt(Function<TreeReader, Mono<Boolean>> isRight) {
        return reader.adopt(isRight);
    }

    @Override
    public final Mono<List<Found>> look(List<EntryPath> paths) {
        return reader.look(paths);
    }

    @Override
    public final Mono<Cut> cut(EntryPath path, long offset, long maxBytes) {
        return reader.cut(path, offset, maxBytes);
    }

    @Override
    public final Mono<List<ByteBuffer>> read(EntryPath path, List<Range> ranges) {
        return reader.read(path, ranges);
    }
}
