package io.driftless.transfer;

import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.SyncException;
import io.driftless.manifest.BlockLists;
import io.driftless.manifest.ManifestDiff;
import io.driftless.manifest.Page;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.IndexRecovery.Span;
import io.driftless.port.PageSource;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.FileEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A manifest as the store holds it, to be read into an index that knows nothing of it. */
final class StoredManifest {
    private static final int BATCH = 500;
    private static final int READS_IN_FLIGHT = 8;

    private final TransferContext context;
    private final PageHash root;
    private final MissedObjects missed;

    StoredManifest(TransferContext context, PageHash root, MissedObjects missed) {
        this.context = context;
        this.root = root;
        this.missed = missed;
    }

    /**
     * Reads all of it, and has the index know the packs in which its blocks lie. Fails with {@code
     * STORE_OBJECT_MISSING} or {@code STORE_OBJECT_DAMAGED} where a page is not there.
     *
     * @param packs those that the store holds
     */
    Mono<Void> adoptBlocks(Lease lease, Set<UUID> packs) {
        PageSource adopting =
                names ->
                        context.ports()
                                .pages()
                                .pages(names)
                                .delayUntil(found -> adopt(lease, found, packs));
        return entries(adopting)
                .ofType(FileEntry.class)
                .map(FileEntry::content)
                .filter(Content::isListed)
                .concatMap(content -> BlockLists.read(adopting, content), 1)
                .then();
    }

    private Flux<Entry> entries(PageSource pages) {
        return ManifestDiff.diff(pages, Optional.empty(), pages, root)
                .map(change -> ((Change.Put) change).entry());
    }

    private Mono<Void> adopt(Lease lease, Map<PageHash, Page> pages, Set<UUID> packs) {
        return Flux.fromIterable(pages.entrySet())
                .filter(page -> !page.getValue().blocks().isEmpty())
                .flatMap(page -> locations(page.getKey()), READS_IN_FLIGHT, 1)
                .concatMapIterable(locations -> locations)
                .filter(location -> packs.contains(location.pack()))
                .collectMultimap(BlockLocation::pack)
                .flatMapIterable(Map::entrySet)
                .concatMap(
                        pack ->
                                context.ports()
                                        .recovery()
                                        .adopt(lease, pack.getKey(), List.copyOf(pack.getValue())),
                        1)
                .then();
    }

    /** Without them its blocks have no place: they are stored again, from the source. */
    private Mono<List<BlockLocation>> locations(PageHash page) {
        return context.ports()
                .pages()
                .freshLocations(page)
                .onErrorResume(
                        SyncException.class,
                        failure ->
                                missed.isGone(failure)
                                        ? Mono.just(List.of())
                                        : Mono.error(failure));
    }

    /** Every piece of it in path order; together they cover all paths there may be. */
    Flux<Span> spans() {
        return Flux.defer(() -> {
            Reading reading = new Reading();
            return entries(reading.of(reading.manifest))
                    .buffer(BATCH)
                    .concatMap(reading::span, 1)
                    .concatWith(Mono.fromSupplier(reading::rest));
        });
    }

    /** Where a reading stands, and the pages it has read since its last piece. */
    private final class Reading {
        private final Set<PageHash> manifest = ConcurrentHashMap.newKeySet();
        private final Set<PageHash> lists = ConcurrentHashMap.newKeySet();
        private Optional<EntryPath> after = Optional.empty();

        PageSource of(Set<PageHash> kind) {
            return names -> context.ports().pages().pages(names).doOnNext(_ -> kind.addAll(names));
        }

        /** Takes them out; others may be added meanwhile, and are taken out with the next piece. */
        private static Set<PageHash> taken(Set<PageHash> kind) {
            Set<PageHash> taken = new HashSet<>();
            kind.removeIf(taken::add);
            return taken;
        }

        Mono<Span> span(List<Entry> entries) {
            PageSource source = of(lists);
            return Flux.fromIterable(entries)
                    .ofType(FileEntry.class)
                    .map(FileEntry::content)
                    .filter(Content::isListed)
                    .concatMap(
                            content ->
                                    BlockLists.read(source, content)
                                            .map(blocks -> Map.entry(content.id(), blocks)),
                            1)
                    .collectMap(Map.Entry::getKey, Map.Entry::getValue)
                    .map(contents ->
                            next(Optional.of(entries.getLast().path()), entries, contents));
        }

        /** What comes after the last entry: nothing. */
        Span rest() {
            return next(Optional.empty(), List.of(), Map.of());
        }

        private Span next(
                Optional<EntryPath> through,
                List<Entry> entries,
                Map<ContentId, List<BlockRef>> contents) {
            Span span = new Span(after, through, entries, contents, taken(manifest), taken(lists));
            after = through;
            return span;
        }
    }
}
