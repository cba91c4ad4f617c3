package io.driftless.agent;

import io.driftless.agent.BlockRuns.BlockRun;
import io.driftless.agent.ContentStep.Need;
import io.driftless.agent.Placing.Sources;
import io.driftless.agent.Placing.Staged;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.StoreFailures;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stages a file block by block in its partial file, which survives a crash. Each block is taken
 * from the partial file if it is there already, from a file of this target that holds it, or from
 * the store.
 */
final class LargeFiles {
    /** Blocks of the file before that are known at a time: some 40 MB. */
    private static final int MAX_LOCAL = 200_000;

    private final AgentContext context;
    private final BlockFetch fetch;
    private final Locations locations;
    private final BlockRuns runs;

    LargeFiles(AgentContext context, BlockFetch fetch, Locations locations) {
        this.context = context;
        this.fetch = fetch;
        this.locations = locations;
        this.runs = new BlockRuns(context.ports().pages());
    }

    /** Where this target holds blocks. */
    private record Local(EntryPath path, long offset) {}

    /** A block and its place in the file being made. */
    private record Slot(long offset, BlockRef block) {}

    /** Brings all blocks of a file together; they are still in its partial file then. */
    Mono<Staged> fill(Need.Place need, Sources sources) {
        Entry.FileEntry file = fileOf(need);
        StageName name = context.stageName();
        return localBlocks(need, file, sources)
                .flatMap(local -> fill(file, local))
                .thenReturn(new Staged(need, name, new Outcome.Done(Optional.empty(), false)))
                .onErrorResume(SyncException.class, failure -> resume(need, name, failure));
    }

    /**
     * Moves what was filled into the stage. To be called right before it is made visible: what is
     * in the stage without an intent does not outlive a failure.
     */
    Mono<Staged> finish(Staged filled) {
        Need.Place need = filled.need();
        return filled.isStaged()
                ? context.ports()
                        .tree()
                        .finishPartial(fileOf(need), filled.name())
                        .map(outcome -> new Staged(need, filled.name(), outcome))
                        .onErrorResume(
                                SyncException.class,
                                failure -> resume(need, filled.name(), failure))
                : Mono.just(filled);
    }

    private static Entry.FileEntry fileOf(Need.Place need) {
        return (Entry.FileEntry) need.work().desired().orElseThrow();
    }

    /** Where all wait, as for a store that does not answer, the file is not to blame. */
    private static Mono<Staged> resume(Need.Place need, StageName name, SyncException failure) {
        return switch (failure.code()) {
            case ROOT_LOST, TARGET_TAKEN, INVARIANT_BROKEN, DEPENDENCY_UNAVAILABLE, STORE_REFUSED ->
                    Mono.error(failure);
            default ->
                    Mono.just(
                            new Staged(
                                    need,
                                    name,
                                    new Outcome.Failed(
                                            failure.code(), String.valueOf(failure.getMessage()))));
        };
    }

    /** The blocks of the file as it was, or of a twin that stays; of a very large one the first. */
    private Mono<Map<BlockHash, Local>> localBlocks(
            Need.Place need, Entry.FileEntry file, Sources sources) {
        Optional<Applied> holder = sources.staying(file.content().id()).map(one -> one.applied());
        Optional<Applied> old = need.expected().flatMap(stat -> need.work().applied());
        Optional<Applied> base = holder.isPresent() ? holder : old;
        if (base.isEmpty() || base.get().content().isEmpty()) {
            return Mono.just(Map.of());
        }
        Map<BlockHash, Local> local = new HashMap<>();
        AtomicLong offset = new AtomicLong();
        return runs.of(base.get().content().get())
                .takeWhile(_ -> local.size() < MAX_LOCAL)
                .doOnNext(run ->
                        run.blocks()
                                .forEach(block ->
                                        local.putIfAbsent(
                                                block.hash(),
                                                new Local(
                                                        base.get().path(),
                                                        offset.getAndAdd(block.lengthBytes())))))
                .then(Mono.just(local))
                // Where the store cannot give an old list, its blocks are fetched.
                .onErrorReturn(StoreFailures::isOfOneObject, Map.of());
    }

    private Mono<Void> fill(Entry.FileEntry file, Map<BlockHash, Local> local) {
        AtomicLong offset = new AtomicLong();
        return context.ports()
                .tree()
                .openPartial(file.content().id())
                .flatMap(present ->
                        runs.of(file.content())
                                .concatMap(
                                        run ->
                                                Flux.fromIterable(portions(run, offset))
                                                        .concatMap(
                                                                portion ->
                                                                        fillPortion(
                                                                                file, run, portion,
                                                                                present, local),
                                                                1),
                                        1)
                                .then());
    }

    /** A run in portions that fit in memory together. */
    private List<List<Slot>> portions(BlockRun run, AtomicLong offset) {
        List<List<Slot>> portions = new ArrayList<>();
        List<Slot> portion = new ArrayList<>();
        long bytes = 0;
        for (BlockRef block : run.blocks()) {
            if (bytes + block.lengthBytes() > context.settings().batchBytes()) {
                portions.add(portion);
                portion = new ArrayList<>();
                bytes = 0;
            }
            portion.add(new Slot(offset.getAndAdd(block.lengthBytes()), block));
            bytes += block.lengthBytes();
        }
        portions.add(portion);
        return portions;
    }

    private Mono<Void> fillPortion(
            Entry.FileEntry file,
            BlockRun run,
            List<Slot> portion,
            long present,
            Map<BlockHash, Local> local) {
        ContentId content = file.content().id();
        return Flux.fromIterable(portion)
                .filterWhen(slot -> isMissing(content, slot, present))
                .filterWhen(slot -> copy(content, slot, local).map(copied -> !copied))
                .collectList()
                .flatMap(missing ->
                        missing.isEmpty() ? Mono.empty() : fetchInto(file, run, missing, false))
                .onErrorResume(
                        SyncException.class,
                        failure ->
                                BlockFetch.isOfTheseBlocks(failure)
                                        ? Mono.defer(() -> {
                                            locations.forget();
                                            return fetchInto(file, run, portion, true);
                                        })
                                        : Mono.error(failure));
    }

    private Mono<Boolean> isMissing(ContentId content, Slot slot, long present) {
        if (slot.offset() + slot.block().lengthBytes() > present) {
            return Mono.just(true);
        }
        return context.ports()
                .tree()
                .partialHolds(content, slot.offset(), slot.block())
                .map(holds -> !holds);
    }

    private Mono<Boolean> copy(ContentId content, Slot slot, Map<BlockHash, Local> local) {
        Local at = local.get(slot.block().hash());
        if (at == null) {
            return Mono.just(false);
        }
        return context.ports()
                .tree()
                .copyIntoPartial(content, slot.offset(), slot.block(), at.path(), at.offset());
    }

    private Mono<Void> fetchInto(
            Entry.FileEntry file, BlockRun run, List<Slot> missing, boolean isFresh) {
        Map<BlockHash, List<Slot>> byHash = new HashMap<>();
        missing.forEach(slot ->
                byHash.computeIfAbsent(slot.block().hash(), hash -> new ArrayList<>()).add(slot));
        return locate(file, run, byHash.keySet(), isFresh)
                .flatMapMany(fetch::blocks)
                .flatMap(
                        fetched ->
                                Flux.fromIterable(byHash.getOrDefault(fetched.hash(), List.of()))
                                        .concatMap(slot ->
                                                context.ports()
                                                        .tree()
                                                        .writePartial(
                                                                file.content().id(),
                                                                slot.offset(),
                                                                fetched.plain().duplicate())),
                        4)
                .then();
    }

    private Mono<List<BlockLocation>> locate(
            Entry.FileEntry file, BlockRun run, Set<BlockHash> wanted, boolean isFresh) {
        Mono<Locations.Places> found =
                run.page().isPresent()
                        ? locations.ofPages(Set.of(run.page().get()), wanted, isFresh)
                        : locations.ofInline(List.of(file), isFresh);
        return found.map(places -> places.of(wanted));
    }
}
