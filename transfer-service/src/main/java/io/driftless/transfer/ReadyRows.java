package io.driftless.transfer;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Chooses dirty rows whose every block is stored. */
final class ReadyRows {
    private static final int PAGE = 2_000;

    private final TransferContext context;

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
    }

    /** The next rows but these; empty where none is ready. */
    Mono<Chosen> next(Set<EntryPath> without) {
        return Mono.defer(() -> {
            Chosen chosen = new Chosen(new LinkedHashMap<>(), new HashMap<>(), new HashMap<>());
            int max = context.settings().maxCommitRows();
            return page(Optional.empty())
                    .expand(rows ->
                            rows.size() < PAGE || chosen.isFull(max)
                                    ? Mono.empty()
                                    : page(Optional.of(rows.getLast().path())))
                    .concatMap(rows -> choose(but(rows, without), chosen), 1)
                    .then(Mono.just(chosen))
                    .filter(found -> !found.rows().isEmpty());
        });
    }

    private static List<Row> but(List<Row> rows, Set<EntryPath> without) {
        return rows.stream().filter(row -> !without.contains(row.path())).toList();
    }

    private Mono<List<Row>> page(Optional<EntryPath> after) {
        return context.ports().index().dirtyRows(context.folder().id(), after, PAGE);
    }

    private Mono<Void> choose(List<Row> rows, Chosen chosen) {
        return doubted(rows).flatMap(doubted -> chooseAmong(but(rows, doubted), chosen));
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

    private Mono<Void> chooseAmong(List<Row> rows, Chosen chosen) {
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
        return switch (file.content().blocks()) {
            case Content.Blocks.Inline(List<BlockRef> refs) -> Mono.just(refs);
            case Content.Blocks.Listed listed ->
                    context.ports().index().blocksOf(context.folder().id(), file.content().id());
        };
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
