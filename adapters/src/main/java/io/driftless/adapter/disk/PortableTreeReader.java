package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Reads a tree with what every Java platform has. Slower than {@link LinuxTreeReader}, and where
 * the platform gives neither inodes nor change times it notices fewer edits.
 */
public final class PortableTreeReader implements TreeReader {
    private final PortableRoot root;
    private final Scheduler io;

    /**
     * @param root the directory that has this name now is the one to read
     * @param io where the blocking calls run
     */
    public PortableTreeReader(Path root, Scheduler io) {
        this(new PortableRoot(root), io);
    }

    PortableTreeReader(PortableRoot root, Scheduler io) {
        this.root = root;
        this.io = io;
    }

    @Override
    public Flux<Listed> walk(EntryPath top, Optional<EntryPath> after) {
        return Flux.<List<Listed>, PortableWalk>generate(
                        () -> new PortableWalk(root, top, after),
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
        return Mono.fromCallable(() -> PortableWalk.listing(root, directory)).subscribeOn(io);
    }

    @Override
    public Mono<List<Found>> look(List<EntryPath> paths) {
        return withRoot(opened -> paths.stream().map(path -> look(opened, path)).toList());
    }

    static Found look(PortableDirectory root, EntryPath path) {
        if (Own.holds(path)) {
            return new Found.Absent(path);
        }
        try {
            return path.isRoot()
                    ? new Found.Present(path, root.stat(), Optional.empty())
                    : lookBelow(root, path);
        } catch (IOException failure) {
            return PortableFailures.found(path, failure);
        }
    }

    private static Found lookBelow(PortableDirectory root, EntryPath path) throws IOException {
        try (PortableDirectory parent = root.open(path.parent())) {
            Stat stat = parent.stat(path.nameBytes());
            boolean isSymlink = stat.kind() == Stat.Kind.SYMLINK;
            return new Found.Present(
                    path,
                    stat,
                    isSymlink ? Optional.of(parent.target(path.nameBytes())) : Optional.empty());
        }
    }

    @Override
    public Mono<Cut> cut(EntryPath path, long offset, long maxBytes) {
        return withRoot(opened -> PortableReading.cut(opened, path, offset, maxBytes));
    }

    @Override
    public Mono<List<ByteBuffer>> read(EntryPath path, List<Range> ranges) {
        return withRoot(opened -> PortableReading.read(opened, path, ranges));
    }

    @Override
    public Mono<Boolean> adopt(Function<TreeReader, Mono<Boolean>> isRight) {
        return Mono.fromCallable(() -> new PortableRoot(root.path()))
                .subscribeOn(io)
                .filter(PortableRoot::isKnown)
                .flatMap(now ->
                        isRight.apply(new PortableTreeReader(now, io))
                                .doOnNext(isTaken -> {
                                    if (isTaken) {
                                        root.take(now);
                                    }
                                }))
                .defaultIfEmpty(false);
    }

    private <T> Mono<T> withRoot(RootWork<T> work) {
        return Mono.fromCallable(
                        () -> {
                            try (PortableDirectory opened = root.open()) {
                                return work.run(opened);
                            }
                        })
                .subscribeOn(io);
    }

    private interface RootWork<T> {
        T run(PortableDirectory root);
    }
}
