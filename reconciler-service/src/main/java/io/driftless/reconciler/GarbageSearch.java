package io.driftless.reconciler;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content.Blocks;
import io.driftless.block.PageHash;
import io.driftless.committed.CommittedWalk;
import io.driftless.manifest.BlockLists;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.GarbageIndex.Search;
import io.driftless.tree.Entry;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sees every pack and every page of a block list that the committed entries need, and the packs of
 * what is to be committed: storing a large file may take longer than packs are kept that nothing
 * needs. Memory is that of one batch of entries, or of the list of one large file.
 */
final class GarbageSearch {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);
    private static final int LOCATED_AT_ONCE = 10_000;
    private static final int ROWS_AT_ONCE = 500;

    private final ReconcileContext context;
    private final CommittedWalk walk;

    GarbageSearch(ReconcileContext context) {
        this.context = context;
        this.walk = context.committed();
    }

    /** Does nothing where nothing was committed since the last search. */
    Mono<Void> run(HeldLease held) {
        return context.ports()
                .garbage()
                .beginSearch(held.lease())
                .flatMap(Mono::justOrEmpty)
                .flatMap(search ->
                        walk.batches()
                                .concatMap(entries -> see(search, entries), 1)
                                .thenMany(dirty())
                                .concatMap(rows -> seeStored(search, rows), 1)
                                .then(context.ports().garbage().endSearch(search))
                                .doOnSuccess(_ ->
                                        LOG.debug(
                                                "searched for garbage folder={} seq={}",
                                                context.folder(),
                                                search.seq())));
    }

    private Flux<List<Row>> dirty() {
        return dirty(Optional.empty())
                .expand(rows ->
                        rows.size() < ROWS_AT_ONCE
                                ? Mono.empty()
                                : dirty(Optional.of(rows.getLast().path())));
    }

    private Mono<List<Row>> dirty(Optional<EntryPath> after) {
        return context.ports().index().dirtyRows(context.folder(), after, ROWS_AT_ONCE);
    }

    /** What of them is stored already. */
    private Mono<Void> seeStored(Search search, List<Row> rows) {
        return Flux.fromIterable(rows)
                .concatMapIterable(row -> row.entry().stream().toList())
                .ofType(Entry.FileEntry.class)
                .concatMap(
                        file -> context.ports().index().blocksOf(context.folder(), file.content()),
                        1)
                .concatMapIterable(blocks -> blocks, 1)
                .map(BlockRef::hash)
                .buffer(LOCATED_AT_ONCE, HashSet::new)
                .concatMap(
                        some ->
                                context.ports()
                                        .packs()
                                        .locate(context.folder(), some)
                                        .flatMap(found ->
                                                context.ports()
                                                        .garbage()
                                                        .see(search, packsOf(found), Set.of())),
                        1)
                .then();
    }

    private static Set<UUID> packsOf(Map<BlockHash, BlockLocation> found) {
        return found.values().stream().map(BlockLocation::pack).collect(Collectors.toSet());
    }

    private Mono<Void> see(Search search, List<Entry> entries) {
        Set<BlockHash> inline = new HashSet<>();
        Flux<Entry.FileEntry> listed =
                Flux.fromIterable(entries)
                        .ofType(Entry.FileEntry.class)
                        .filter(file -> {
                            if (file.content().blocks() instanceof Blocks.Inline(var refs)) {
                                refs.forEach(ref -> inline.add(ref.hash()));
                                return false;
                            }
                            return true;
                        });
        return listed.concatMap(file -> seeList(search, file), 1)
                .then(Mono.defer(() -> seeBlocks(search, inline, Set.of())));
    }

    private Mono<Void> seeList(Search search, Entry.FileEntry file) {
        return walk.listed(file)
                .flatMap(blocks -> {
                    Set<BlockHash> hashes =
                            blocks.stream().map(BlockRef::hash).collect(Collectors.toSet());
                    Set<PageHash> lists = BlockLists.build(blocks).pages().keySet();
                    return seeBlocks(search, hashes, lists);
                });
    }

    private Mono<Void> seeBlocks(Search search, Set<BlockHash> blocks, Set<PageHash> lists) {
        return Flux.fromIterable(blocks)
                .buffer(LOCATED_AT_ONCE)
                .concatMap(some -> packs(new HashSet<>(some)), 1)
                .collect(HashSet<UUID>::new, Collection::addAll)
                .flatMap(packs -> context.ports().garbage().see(search, packs, lists));
    }

    private Mono<Set<UUID>> packs(Set<BlockHash> blocks) {
        return context.ports()
                .packs()
                .locate(context.folder(), blocks)
                .map(found -> {
                    if (found.size() < blocks.size()) {
                        sayMissing(blocks, found);
                    }
                    return packsOf(found);
                });
    }

    /** A commit under way may have taken them out of the folder since the entries were read. */
    private void sayMissing(Set<BlockHash> blocks, Map<BlockHash, BlockLocation> found) {
        LOG.warn(
                "committed blocks have no place code=DL-2007 folder={} blocks={}",
                context.folder(),
                blocks.size() - found.size());
    }
}
