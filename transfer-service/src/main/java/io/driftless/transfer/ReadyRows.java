package io.driftless.transfer;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Chooses dirty rows whose every block is stored. As many blocks as a commit may have are held at
 * once, those looked at and those chosen, or those of one file; rows that are not ready leave none
 * behind.
 */
final class ReadyRows {
    private static final int PAGE = 2_000;
    private static final byte[] LAST_NAME = new byte[EntryPath.MAX_NAME_BYTES];

    static {
        Arrays.fill(LAST_NAME, (byte) 0xFF);
    }

    private final TransferContext context;

    /** A large file for which there was no room in the last choice: the next begins with it. */
    private Optional<EntryPath> leftOut = Optional.empty();

    ReadyRows(TransferContext context) {
        this.context = context;
    }

    /**
     * Rows to commit.
     *
     * @param listed the blocks of files whose entries do not hold them
     * @param locations where the blocks of the rows lie
     */
    record Chosen(
            Map<EntryPath, Row> rows,
            Map<EntryPath, List<BlockRef>> listed,
            Map<BlockHash, BlockLocation> locations) {
        boolean isFull(int max) {
            return rows.size() >= max;
        }

        /** The first of these rows that fit in; one at least where no block is chosen yet. */
        List<Row> fitting(List<Row> more, int maxBlocks) {
            long blocks = RowBlocks.count(rows.values());
            List<Row> fit = RowBlocks.first(more, maxBlocks - blocks);
            return fit.isEmpty() && blocks == 0 ? more.subList(0, 1) : fit;
        }

        /**
         * Without what goes, where something comes: what is left for the next commit may be moved
         * from there, and a target has it only until it is gone.
         */
        Chosen withoutRemovals() {
            if (rows.values().stream().anyMatch(row -> row.entry().isPresent())) {
                rows.values().removeIf(row -> row.entry().isEmpty());
            }
            return this;
        }
    }

    /**
     * What is left out of a choice.
     *
     * @param after rows up to this path
     * @param below rows at these paths, and below them
     */
    record But(Optional<EntryPath> after, Set<EntryPath> below) {
        static final But NOTHING = new But(Optional.empty(), Set.of());

        /** More than this is not left out one by one: it waits together with all the rest. */
        private static final int MAX_PATHS = 100_000;

        But upTo(EntryPath path) {
            return new But(Optional.of(path), below);
        }

        But andBelow(Set<EntryPath> paths) {
            Set<EntryPath> all = new HashSet<>(below);
            all.addAll(paths);
            return new But(after, all);
        }

        boolean isFull() {
            return below.size() > MAX_PATHS;
        }

        /** The topmost of the paths at or above this one. */
        Optional<EntryPath> leftOutAt(EntryPath path) {
            Optional<EntryPath> found = Optional.empty();
            EntryPath at = path;
            while (!below.isEmpty() && !at.isRoot()) {
                found = below.contains(at) ? Optional.of(at) : found;
                at = at.parent();
            }
            return found;
        }
    }

    /**
     * The next rows; empty where none is ready. In path order up to where there is no room for more
     * blocks: what comes after that is left for the next. But files of which two do not fit in are
     * passed, and one of them has its turn first the next time.
     */
    Mono<Chosen> next(But but) {
        return Mono.defer(() -> {
            Chosen chosen = new Chosen(new TreeMap<>(), new HashMap<>(), new HashMap<>());
            AtomicBoolean isCut = new AtomicBoolean();
            Optional<EntryPath> first = leftOut;
            leftOut = Optional.empty();
            int max = context.settings().maxCommitRows();
            int limit = Math.min(PAGE, max);
            return Mono.justOrEmpty(first)
                    .flatMap(path -> row(path, but))
                    .concatWith(
                            page(but.after(), limit)
                                    .expand(rows ->
                                            rows.size() < limit || chosen.isFull(max)
                                                    ? Mono.empty()
                                                    : page(
                                                            Optional.of(
                                                                    passed(
                                                                            rows.getLast().path(),
                                                                            but)),
                                                            limit))
                                    .map(rows -> without(rows, first)))
                    .concatMap(rows -> undoubted(without(rows, but)), 1)
                    .concatMap(rows -> pieces(rows, chosen, isCut), 0)
                    .takeWhile(piece -> !piece.isEmpty())
                    .concatMap(piece -> choose(piece, chosen), 0)
                    .then(Mono.fromSupplier(() -> isCut.get() ? chosen.withoutRemovals() : chosen))
                    .filter(found -> !found.rows().isEmpty());
        });
    }

    private Mono<List<Row>> row(EntryPath path, But but) {
        boolean isPassed = but.after().filter(after -> path.compareTo(after) <= 0).isPresent();
        return isPassed
                ? Mono.empty()
                : context.ports()
                        .index()
                        .rows(context.folder().id(), List.of(path))
                        .map(rows -> rows.stream().filter(Row::dirty).toList());
    }

    private static List<Row> without(List<Row> rows, Optional<EntryPath> path) {
        return rows.stream().filter(row -> !path.equals(Optional.of(row.path()))).toList();
    }

    /** The path, or, within a directory that is left out, the last one that can be in it. */
    private static EntryPath passed(EntryPath path, But but) {
        return but.leftOutAt(path)
                .filter(top -> top.lengthBytes() + LAST_NAME.length < EntryPath.MAX_LENGTH_BYTES)
                .map(top -> top.child(LAST_NAME))
                .filter(last -> last.compareTo(path) > 0)
                .orElse(path);
    }

    private static List<Row> without(List<Row> rows, But but) {
        return rows.stream().filter(row -> but.leftOutAt(row.path()).isEmpty()).toList();
    }

    private Mono<List<Row>> page(Optional<EntryPath> after, int limit) {
        return context.ports().index().dirtyRows(context.folder().id(), after, limit);
    }

    /**
     * Each as large as there is room for when it is asked for; an empty one where there is none.
     */
    private Flux<List<Row>> pieces(List<Row> rows, Chosen chosen, AtomicBoolean isCut) {
        int max = context.settings().maxCommitBlocks();
        return Flux.generate(
                () -> rows,
                (left, sink) -> {
                    List<Row> rest = left;
                    while (!rest.isEmpty()) {
                        List<Row> piece = chosen.fitting(rest, max);
                        boolean isPassed =
                                piece.isEmpty() && RowBlocks.count(rest.getFirst()) > max / 2;
                        isCut.compareAndSet(false, piece.isEmpty());
                        if (!isPassed) {
                            sink.next(piece);
                            return rest.subList(piece.size(), rest.size());
                        }
                        EntryPath path = rest.getFirst().path();
                        leftOut = leftOut.or(() -> Optional.of(path));
                        rest = rest.subList(1, rest.size());
                    }
                    sink.complete();
                    return rest;
                });
    }

    private Mono<List<Row>> undoubted(List<Row> rows) {
        return doubted(rows)
                .map(doubted ->
                        rows.stream().filter(row -> !doubted.contains(row.path())).toList());
    }

    /**
     * Rows that wait for a look and are not committed: a first one has to tell what is there, or,
     * where the path went with its directory, whether it still is.
     */
    private Mono<Set<EntryPath>> doubted(List<Row> rows) {
        Set<EntryPath> waiting =
                rows.stream()
                        .filter(row -> row.state() instanceof State.Waiting)
                        .map(Row::path)
                        .collect(Collectors.toSet());
        return waiting.isEmpty()
                ? Mono.just(waiting)
                : context.ports()
                        .commits()
                        .committed(context.folder().id(), waiting)
                        .doOnNext(known -> known.forEach(entry -> waiting.remove(entry.path())))
                        .thenReturn(waiting);
    }

    private Mono<Void> choose(List<Row> rows, Chosen chosen) {
        return Flux.fromIterable(rows)
                .concatMap(row -> blocks(row).map(blocks -> Map.entry(row, blocks)))
                .collectList()
                .flatMap(candidates -> {
                    Set<BlockHash> needed = new HashSet<>();
                    candidates.forEach(
                            one -> one.getValue().forEach(block -> needed.add(block.hash())));
                    return locate(needed)
                            .doOnNext(located ->
                                    candidates.forEach(one ->
                                            take(one.getKey(), one.getValue(), located, chosen)));
                })
                .then();
    }

    private Mono<Map<BlockHash, BlockLocation>> locate(Set<BlockHash> needed) {
        return needed.isEmpty()
                ? Mono.just(Map.of())
                : context.ports().packs().locate(context.folder().id(), needed);
    }

    private Mono<List<BlockRef>> blocks(Row row) {
        if (row.entry().isEmpty() || !(row.entry().get() instanceof Entry.FileEntry file)) {
            return Mono.just(List.of());
        }
        return context.ports().index().blocksOf(context.folder().id(), file.content());
    }

    private static void take(
            Row row, List<BlockRef> blocks, Map<BlockHash, BlockLocation> located, Chosen chosen) {
        boolean isReady = blocks.stream().allMatch(block -> located.containsKey(block.hash()));
        boolean isFirstLook = row.entry().isEmpty() && row.state() instanceof State.Waiting;
        if (!isReady || isFirstLook) {
            return;
        }
        chosen.rows().put(row.path(), row);
        List<BlockLocation> places = new ArrayList<>();
        blocks.forEach(
                block -> Optional.ofNullable(located.get(block.hash())).ifPresent(places::add));
        places.forEach(place -> chosen.locations().put(place.hash(), place));
        boolean isListed =
                row.entry()
                        .filter(entry ->
                                entry instanceof Entry.FileEntry file && file.content().isListed())
                        .isPresent();
        if (isListed) {
            chosen.listed().put(row.path(), blocks);
        }
    }
}
