package io.driftless.indexer;

import io.driftless.block.BlockRef;
import io.driftless.error.ErrorCode;
import io.driftless.flow.WorkLoop;
import io.driftless.flow.WorkLoop.Rest;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.TreeReader.Cut;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Paths that could not be settled at the first look: tried again when they are due, for ever. Large
 * files are among them; they are read here, a few at a time, so that nothing small waits behind
 * them.
 */
final class WaitingLane {
    /** Of large files that is also how many wait here to be read. */
    private static final int PAGE = 256;

    private static final Duration POLL = Duration.ofSeconds(1);

    private final IndexContext context;
    private final Contents contents;
    private final Sinks.Many<Boolean> pokes = Sinks.many().multicast().directBestEffort();
    private final Sinks.Many<Row> large = Sinks.many().unicast().onBackpressureBuffer();
    private final Set<EntryPath> underWay = ConcurrentHashMap.newKeySet();

    WaitingLane(IndexContext context) {
        this.context = context;
        this.contents = new Contents(context);
    }

    /** Says that a row has begun to wait. */
    void poke() {
        pokes.tryEmitNext(true);
    }

    Flux<Looked> run(TreeScan scan) {
        Sinks.Many<Looked> looked = Sinks.many().unicast().onBackpressureBuffer();
        Flux<Rest> small =
                new WorkLoop(context.timer()).run(pokes.asFlux(), () -> step(scan, looked));
        Flux<Looked> files =
                large.asFlux().flatMap(row -> read(scan, row), context.settings().largeReads(), 1);
        return Flux.merge(small.ignoreElements().cast(Looked.class), files, looked.asFlux());
    }

    private Mono<Rest> step(TreeScan scan, Sinks.Many<Looked> looked) {
        return context.index()
                .dueLargeRows(context.folder(), context.now(), PAGE)
                .doOnNext(rows -> rows.forEach(this::enqueue))
                .then(context.index().dueRows(context.folder(), context.now(), PAGE))
                .flatMapMany(rows -> lookAgain(scan, rows))
                .doOnNext(looked::tryEmitNext)
                .retryWhen(context.transientRetry("waiting"))
                .then(Mono.just((Rest) new Rest.AtMost(POLL)));
    }

    private Flux<Looked> lookAgain(TreeScan scan, List<Row> rows) {
        List<EntryPath> entries = new ArrayList<>();
        List<EntryPath> directories = new ArrayList<>();
        for (Row row : rows) {
            if (row.stat().filter(stat -> stat.kind() == Stat.Kind.DIRECTORY).isPresent()) {
                directories.add(row.path());
            } else {
                entries.add(row.path());
            }
        }
        Flux<Looked> again = entries.isEmpty() ? Flux.empty() : scan.entries(entries);
        return again.concatWith(Flux.fromIterable(directories).concatMap(scan::unlistable));
    }

    private void enqueue(Row row) {
        if (underWay.add(row.path())) {
            large.tryEmitNext(row);
        }
    }

    private Flux<Looked> read(TreeScan scan, Row row) {
        EntryPath path = row.path();
        return lookAt(path)
                .flatMapMany(sight ->
                        sight.found() instanceof Found.Present present
                                        && present.stat().kind() == Stat.Kind.FILE
                                ? cutWhole(sight, present.stat())
                                        .flatMapMany(cut -> finish(scan, sight, cut))
                                : scan.entries(List.of(path)))
                .retryWhen(context.transientRetry("large"))
                .doFinally(end -> underWay.remove(path));
    }

    private Mono<Sight> lookAt(EntryPath path) {
        return context.index()
                .rows(context.folder(), List.of(path))
                .flatMap(rows ->
                        context.tree()
                                .look(List.of(path))
                                .map(found ->
                                        new Sight(rows.stream().findFirst(), found.getFirst())));
    }

    /** What came of reading a large file. */
    private sealed interface Outcome {
        record Whole(Stat stat, List<BlockRef> blocks) implements Outcome {}

        /** It is no file any more. */
        record Gone() implements Outcome {}

        record NotNow(ErrorCode code) implements Outcome {}
    }

    private Mono<Outcome> cutWhole(Sight sight, Stat stat) {
        return context.index()
                .progress(context.folder(), sight.path(), stat)
                .flatMap(known -> cutFrom(sight.path(), stat, new ArrayList<>(known)));
    }

    private Mono<Outcome> cutFrom(EntryPath path, Stat stat, List<BlockRef> known) {
        long offset = known.stream().mapToLong(BlockRef::lengthBytes).sum();
        return context.tree()
                .cut(path, offset, context.settings().progressBytes())
                .flatMap(cut ->
                        switch (cut) {
                            case Cut.Failed(Found.Unreadable found) ->
                                    Mono.just(new Outcome.NotNow(found.code()));
                            case Cut.Failed other -> Mono.just(new Outcome.Gone());
                            case Cut.Blocks blocks -> goOn(path, stat, known, blocks);
                        });
    }

    private Mono<Outcome> goOn(EntryPath path, Stat stat, List<BlockRef> known, Cut.Blocks blocks) {
        if (!blocks.isStable() || !blocks.after().isSameTuple(stat)) {
            return Mono.just(new Outcome.NotNow(ErrorCode.ENTRY_UNSTABLE));
        }
        known.addAll(blocks.blocks());
        if (blocks.isWhole()) {
            return Mono.just(new Outcome.Whole(stat, known));
        }
        return context.index()
                .saveProgress(context.folder(), path, stat, known)
                .then(Mono.defer(() -> cutFrom(path, stat, known)));
    }

    private Flux<Looked> finish(TreeScan scan, Sight sight, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Whole(Stat stat, List<BlockRef> blocks) ->
                    save(contents.ok(sight, stat, blocks))
                            .thenMany(lookAgain(scan, sight.path(), stat.sizeBytes()));
            case Outcome.Gone() -> scan.entries(List.of(sight.path()));
            // Not looked at again before it is due: to be read it would have to wait at once.
            case Outcome.NotNow(ErrorCode code) ->
                    save(contents.waiting(sight, code)).thenMany(Flux.empty());
        };
    }

    private Mono<?> save(RowWrite row) {
        return context.index().write(context.folder(), List.of(row));
    }

    /**
     * A row that is written marks itself dirty; the look after it tells the transfer, and sees what
     * came since.
     */
    private static Flux<Looked> lookAgain(TreeScan scan, EntryPath path, long bytesRead) {
        return scan.entries(List.of(path))
                .map(looked -> looked.plus(new Looked(0, 0, bytesRead, List.of(), List.of())));
    }
}
