package io.driftless.transfer;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockRef;
import io.driftless.event.Indexed;
import io.driftless.event.Topic;
import io.driftless.flow.Backoff;
import io.driftless.path.EntryPath;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.IndexRecovery.Known;
import io.driftless.transfer.TransferFlow.Transferred;
import io.driftless.tree.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stores the blocks of dirty rows that the store lacks. What is stored already is not read. */
final class StoreLane {
    /**
     * How often it is asked whether another instance has looked into the store: at first, later.
     */
    private static final Backoff BEGUN =
            new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1), 0);

    private final TransferContext context;
    private final PackLoads loads;

    /** Blocks being stored now, so that batches that overlap do not store one twice. */
    private final Set<BlockHash> underWay = ConcurrentHashMap.newKeySet();

    /** Blocks that somebody else wanted meanwhile, each with a file that has it. */
    private final Map<BlockHash, EntryPath> passedOver = new ConcurrentHashMap<>();

    StoreLane(TransferContext context) {
        this.context = context;
        this.loads = new PackLoads(context);
    }

    Flux<Transferred> run() {
        return begun().thenMany(Flux.merge(told(), swept()));
    }

    /** Until the index knows what is stored, everything would be stored again. */
    private Mono<Boolean> begun() {
        return Mono.defer(this::isBegun)
                .retryWhen(context.transientRetry("begin"))
                .filter(isBegun -> isBegun)
                .repeatWhenEmpty(asked ->
                        asked.concatMap(
                                times ->
                                        Mono.delay(
                                                BEGUN.after((int) Math.min(times, 10) + 1),
                                                context.timer()),
                                1));
    }

    private Mono<Boolean> isBegun() {
        return context.ports().recovery().known(context.folder().id()).map(Known::isBegun);
    }

    private Flux<Transferred> told() {
        return context.ports()
                .bus()
                .consume(
                        Topic.INDEXED,
                        "transfer-" + context.folder().id(),
                        context.settings().batchRows())
                .flatMapSequential(this::storeBatch, context.settings().batchesInFlight(), 1)
                .concatMap(done -> done.acknowledge().thenMany(Flux.fromIterable(done.work())));
    }

    private record Done(List<Transferred> work, Mono<Void> acknowledge) {}

    private Mono<Done> storeBatch(EventBus.Batch<Indexed> batch) {
        List<EntryPath> paths =
                batch.events().stream()
                        .filter(event -> event.folder().equals(context.folder().id()))
                        .flatMap(event -> event.rows().stream())
                        .map(Indexed.RowVersion::path)
                        .distinct()
                        .toList();
        return Mono.defer(() -> rows(paths).flatMap(this::store))
                .retryWhen(context.transientRetry("store"))
                .map(work -> new Done(work, batch.acknowledge()));
    }

    /** Nobody may have told of a dirty row: the table is the truth. */
    private Flux<Transferred> swept() {
        return Flux.interval(Duration.ZERO, context.settings().sweep(), context.timer())
                .onBackpressureDrop()
                .concatMap(tick -> sweep().retryWhen(context.transientRetry("sweep")), 1);
    }

    private Flux<Transferred> sweep() {
        int limit = context.settings().batchRows();
        return dirty(Optional.empty(), limit)
                .expand(rows ->
                        rows.size() < limit
                                ? Mono.empty()
                                : dirty(Optional.of(rows.getLast().path()), limit))
                .concatMap(this::store)
                .concatMapIterable(work -> work);
    }

    private Mono<List<Row>> dirty(Optional<EntryPath> after, int limit) {
        return context.ports().index().dirtyRows(context.folder().id(), after, limit);
    }

    private Mono<List<Transferred>> store(List<Row> rows) {
        List<Row> dirty = rows.stream().filter(Row::dirty).toList();
        if (dirty.isEmpty()) {
            return Mono.just(List.of());
        }
        return Flux.fromIterable(RowBlocks.split(dirty, blocksAtOnce()))
                .concatMap(this::storeSome)
                .concatMapIterable(work -> work)
                .collectList();
    }

    /** Batches and the search for dirty rows go on at the same time, and share what is allowed. */
    private long blocksAtOnce() {
        int lanes = context.settings().batchesInFlight() + 1;
        return Math.max(1, context.settings().maxCommitBlocks() / lanes);
    }

    private Mono<List<Transferred>> storeSome(List<Row> dirty) {
        return Flux.fromIterable(dirty)
                .concatMap(this::wanted)
                .collectList()
                .flatMap(this::storeWanted)
                .flatMap(work ->
                        context.ports().packs().announce(context.folder().id()).thenReturn(work));
    }

    private Mono<List<Transferred>> storeWanted(List<Wanted> wanted) {
        Map<BlockHash, Wanted> byHash = new LinkedHashMap<>();
        wanted.forEach(one -> byHash.putIfAbsent(one.block().hash(), one));
        return byHash.isEmpty() ? Mono.just(List.of()) : storeMissing(byHash);
    }

    /** Blocks that another batch stores right now are passed over: it looks after them. */
    private Mono<List<Transferred>> storeMissing(Map<BlockHash, Wanted> wanted) {
        return located(wanted.keySet())
                .flatMap(located -> {
                    List<Wanted> mine =
                            wanted.values().stream()
                                    .filter(one -> !located.contains(one.block().hash()))
                                    .filter(this::claim)
                                    .toList();
                    return mine.isEmpty()
                            ? Mono.just(List.of())
                            : Mono.using(() -> mine, loads::store, this::release)
                                    .flatMap(work ->
                                            storePassedOver(mine).map(more -> and(work, more)));
                });
    }

    private Mono<Set<BlockHash>> located(Set<BlockHash> blocks) {
        return context.ports().packs().locate(context.folder().id(), blocks).map(Map::keySet);
    }

    private boolean claim(Wanted one) {
        BlockHash hash = one.block().hash();
        if (underWay.add(hash)) {
            return true;
        }
        passedOver.put(hash, one.path());
        return underWay.add(hash); // Whoever had it may have ended before he could see that.
    }

    /**
     * What others passed over and could not be read where it was read, as where a file was renamed
     * meanwhile, is read where they have it.
     */
    private Mono<List<Transferred>> storePassedOver(List<Wanted> mine) {
        Map<BlockHash, EntryPath> passed = new HashMap<>();
        for (Wanted one : mine) {
            Optional.ofNullable(passedOver.remove(one.block().hash()))
                    .ifPresent(path -> passed.put(one.block().hash(), path));
        }
        return passed.isEmpty()
                ? Mono.just(List.of())
                : located(passed.keySet())
                        .doOnNext(located -> passed.keySet().removeAll(located))
                        .flatMap(_ -> rows(passed.values()))
                        .flatMap(this::store);
    }

    private Mono<List<Row>> rows(Collection<EntryPath> paths) {
        List<EntryPath> distinct = paths.stream().distinct().toList();
        return distinct.isEmpty()
                ? Mono.just(List.of())
                : context.ports().index().rows(context.folder().id(), distinct);
    }

    private static List<Transferred> and(List<Transferred> some, List<Transferred> more) {
        List<Transferred> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    /** A block as the source has it. */
    record Wanted(EntryPath path, long offset, BlockRef block) {}

    private Flux<Wanted> wanted(Row row) {
        if (row.entry().isEmpty() || !(row.entry().get() instanceof Entry.FileEntry file)) {
            return Flux.empty();
        }
        return context.ports()
                .index()
                .blocksOf(context.folder().id(), file.content())
                .flatMapIterable(blocks -> placed(file.path(), blocks));
    }

    private static List<Wanted> placed(EntryPath path, List<BlockRef> blocks) {
        List<Wanted> placed = new ArrayList<>(blocks.size());
        long offset = 0;
        for (BlockRef block : blocks) {
            placed.add(new Wanted(path, offset, block));
            offset += block.lengthBytes();
        }
        return placed;
    }

    private void release(List<Wanted> missing) {
        missing.forEach(one -> underWay.remove(one.block().hash()));
    }
}
