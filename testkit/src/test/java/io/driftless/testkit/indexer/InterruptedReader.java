package io.driftless.testkit.indexer;

import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Lets something happen right after paths were looked at, before anybody knows what was seen. */
final class InterruptedReader implements TreeReader {
    private static final Runnable NOTHING = () -> {};

    private final TreeReader reader;
    private final AtomicReference<Runnable> next = new AtomicReference<>(NOTHING);

    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicReference<Mono<Void>> beforeWalks = new AtomicReference<>(Mono.empty());

    InterruptedReader(TreeReader reader) {
        this.reader = reader;
    }

    /** Happens once. */
    void afterNextLook(Runnable happening) {
        next.set(happening);
    }

    /** Walks begin when this is over. */
    void beforeWalks(Mono<Void> happening) {
        beforeWalks.set(happening);
    }

    /** How many paths were looked at so far, each time counted. */
    int looks() {
        return looks.get();
    }

    @Override
    public Mono<List<Found>> look(List<EntryPath> paths) {
        looks.addAndGet(paths.size());
        return reader.look(paths).doOnNext(_ -> next.getAndSet(NOTHING).run());
    }

    @Override
    public Mono<Boolean> adopt(Function<TreeReader, Mono<Boolean>> isRight) {
        return reader.adopt(isRight);
    }

    @Override
    public Flux<Listed> walk(EntryPath top, Optional<EntryPath> after) {
        return beforeWalks.get().thenMany(reader.walk(top, after));
    }

    @Override
    public Mono<List<Listed>> list(EntryPath directory) {
        return reader.list(directory);
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
