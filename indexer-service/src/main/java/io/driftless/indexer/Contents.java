package io.driftless.indexer;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.error.ErrorCode;
import io.driftless.flow.FirstFailure;
import io.driftless.manifest.BlockLists;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.TreeReader.Cut;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds out what is inside files: from the row of the place they moved from, else by reading them.
 */
final class Contents {
    /** A file that changed while it was read is read this often before it waits. */
    private static final int MAX_TRIES = 3;

    private final IndexContext context;

    Contents(IndexContext context) {
        this.context = context;
    }

    /** The rows that follow from what was read. */
    record Result(List<RowWrite> writes, long bytesRead) {}

    Mono<Result> of(List<Verdict.Read> reads, List<Sight> sights) {
        Map<Long, Row> moved = movedFrom(sights);
        return Flux.fromIterable(reads)
                .flatMapSequential(
                        read -> of(read, Optional.ofNullable(moved.get(read.stat().inode()))),
                        context.settings().reads())
                .onErrorMap(FirstFailure::of)
                .collectList()
                .map(Contents::joined);
    }

    private Mono<Result> of(Verdict.Read read, Optional<Row> former) {
        Optional<Content> known = former.flatMap(row -> knownContent(read, row));
        if (known.isPresent()) {
            return moved(read, known.get()).map(write -> new Result(List.of(write), 0));
        }
        return read.stat().sizeBytes() > context.settings().largeBytes()
                ? Mono.just(new Result(List.of(waiting(read.sight(), ErrorCode.LARGE_PENDING)), 0))
                : cut(read, 1);
    }

    private static Result joined(List<Result> results) {
        List<RowWrite> writes = new ArrayList<>();
        long bytes = 0;
        for (Result result : results) {
            writes.addAll(result.writes());
            bytes += result.bytesRead();
        }
        return new Result(writes, bytes);
    }

    /** Rows of paths that are gone now, by inode. */
    private static Map<Long, Row> movedFrom(List<Sight> sights) {
        Map<Long, Row> moved = new HashMap<>();
        for (Sight sight : sights) {
            if (sight.isGone() && sight.row().isPresent()) {
                Row row = sight.row().get();
                row.stat().ifPresent(stat -> moved.put(stat.inode(), row));
            }
        }
        return moved;
    }

    /** The file moved with its directory, and nothing about it changed: it need not be read. */
    private static Optional<Content> knownContent(Verdict.Read read, Row former) {
        return Optional.of(former)
                .filter(row -> row.state() instanceof State.Ok)
                .filter(row -> row.stat().filter(read.stat()::isSameTuple).isPresent())
                .flatMap(Row::entry)
                .filter(Entry.FileEntry.class::isInstance)
                .map(entry -> ((Entry.FileEntry) entry).content());
    }

    private Mono<RowWrite> moved(Verdict.Read read, Content content) {
        Mono<Optional<List<BlockRef>>> blocks =
                content.isListed()
                        ? context.index().blocksOf(context.folder(), content.id()).map(Optional::of)
                        : Mono.just(Optional.empty());
        return blocks.map(list ->
                new RowWrite(
                        read.sight().path(),
                        read.sight().row().map(Row::version),
                        new State.Ok(),
                        Optional.of(read.stat()),
                        Optional.of(
                                new Entry.FileEntry(
                                        read.sight().path(), read.stat().metadata(), content)),
                        list));
    }

    private Mono<Result> cut(Verdict.Read read, int tries) {
        return context.tree()
                .cut(read.sight().path(), 0, Long.MAX_VALUE)
                .flatMap(cut ->
                        switch (cut) {
                            case Cut.Failed(Found found) ->
                                    Mono.just(new Result(ofFailed(read.sight(), found), 0));
                            case Cut.Blocks blocks when blocks.isStable() && blocks.isWhole() ->
                                    Mono.just(
                                            new Result(
                                                    List.of(
                                                            ok(
                                                                    read.sight(),
                                                                    blocks.after(),
                                                                    blocks.blocks())),
                                                    blocks.after().sizeBytes()));
                            case Cut.Blocks blocks when tries < MAX_TRIES -> cut(read, tries + 1);
                            case Cut.Blocks blocks ->
                                    Mono.just(
                                            new Result(
                                                    List.of(
                                                            waiting(
                                                                    read.sight(),
                                                                    ErrorCode.ENTRY_UNSTABLE)),
                                                    blocks.after().sizeBytes()));
                        });
    }

    /** What vanished while it was read is looked at again: only a look says that it is removed. */
    private List<RowWrite> ofFailed(Sight sight, Found found) {
        if (found instanceof Found.Absent) {
            return sight.row().isPresent()
                    ? List.of(waiting(sight, ErrorCode.ENTRY_VANISHED))
                    : List.of();
        }
        Verdict verdict =
                Verdict.of(new Sight(sight.row(), found), context.settings(), context.now());
        return switch (verdict) {
            case Verdict.Write(RowWrite write) -> List.of(write);
            // It is a file again by now: somebody swaps it to and fro.
            case Verdict.Read again -> List.of(waiting(sight, ErrorCode.ENTRY_UNSTABLE));
            case Verdict.Same same -> List.of();
            case Verdict.SayAgain same -> List.of();
        };
    }

    /** The row of a file that was read from its first to its last byte in one state. */
    RowWrite ok(Sight sight, Stat stat, List<BlockRef> blocks) {
        Content content = BlockLists.contentOf(blocks);
        return new RowWrite(
                sight.path(),
                sight.row().map(Row::version),
                new State.Ok(),
                isRacy(stat) ? Optional.empty() : Optional.of(stat),
                Optional.of(new Entry.FileEntry(sight.path(), stat.metadata(), content)),
                content.isListed() ? Optional.of(blocks) : Optional.empty());
    }

    RowWrite waiting(Sight sight, ErrorCode code) {
        return Verdict.waiting(sight, code, context.settings(), context.now());
    }

    /**
     * A file changed within the grain of the file system's clock can change again and keep its
     * times; its row gets no stat, so that the next look reads it once more.
     */
    private boolean isRacy(Stat stat) {
        return stat.isRacy(context.now(), context.settings().racyWindow());
    }
}
