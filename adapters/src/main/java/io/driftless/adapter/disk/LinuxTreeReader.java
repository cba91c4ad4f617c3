package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Reads a tree through Linux' own calls. Paths are resolved by openat2 beneath the root and through
 * no symlink, so that nothing put in the way leads outside. Holds nothing open between calls.
 */
public final class LinuxTreeReader implements TreeReader {
    private static final int WALK_BATCH = 256;

    private final Root root;
    private final Scheduler io;

    /**
     * @param root the directory that has this name now is the one to read; where there is none,
     *     every call says {@code ROOT_LOST}
     * @param io where the blocking calls run
     */
    public LinuxTreeReader(Path root, Scheduler io) {
        this(new Root(root), io);
    }

    LinuxTreeReader(Root root, Scheduler io) {
        this.root = root;
        this.io = io;
    }

    @Override
    public Flux<Listed> walk(EntryPath top, Optional<EntryPath> after) {
        return Flux.<List<Listed>, Walk>generate(
                        () -> new Walk(root, top, after, WALK_BATCH),
                        (walk, sink) -> {
                            List<Listed> batch = walk.next();
                            if (batch.isEmpty()) {
                                sink.complete();
                            } else {
                                sink.next(batch);
                            }
                            return walk;
                        })
                .subscribeOn(io)
                .flatMapIterable(batch -> batch, 1);
    }

    @Override
    public Mono<List<Listed>> list(EntryPath directory) {
        return Mono.fromCallable(() -> Walk.names(root, directory)).subscribeOn(io);
    }

    @Override
    public Mono<List<Found>> look(List<EntryPath> paths) {
        return withRoot(opened -> {
            try (Directories directories = Directories.forReading(opened)) {
                List<Found> found = new ArrayList<>(paths.size());
                for (EntryPath path : paths) {
                    found.add(Look.at(directories, path));
                }
                return found;
            }
        });
    }

    @Override
    public Mono<Cut> cut(EntryPath path, long offset, long maxBytes) {
        return withRoot(opened -> FileReading.cut(opened, path, offset, maxBytes));
    }

    @Override
    public Mono<List<ByteBuffer>> read(EntryPath path, List<Range> ranges) {
        return withRoot(opened -> FileReading.read(opened, path, ranges));
    }

    @Override
    public Mono<Boolean> adopt(Function<TreeReader, Mono<Boolean>> isRight) {
        return Mono.fromCallable(() -> new Root(root.path()))
                .subscribeOn(io)
                .filter(Root::isKnown)
                .flatMap(now ->
                        isRight.apply(new LinuxTreeReader(now, io))
                                .doOnNext(isTaken -> {
                                    if (isTaken) {
                                        root.take(now);
                                    }
                                }))
                .defaultIfEmpty(false);
    }

    private <T> Mono<T> withRoot(Function<Descriptor, T> work) {
        return Mono.fromCallable(
                        () -> {
                            try (Descriptor opened = root.open()) {
                                return work.apply(opened);
                            }
                        })
                .subscribeOn(io);
    }
}
