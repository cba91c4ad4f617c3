package io.driftless.committed;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.PageHash;
import io.driftless.flow.FirstFailure;
import io.driftless.manifest.BlockLists;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.manifest.Page;
import io.driftless.port.PackIndex;
import io.driftless.port.PageStore;
import io.driftless.port.StoreFailures;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes pages that the store lost or damaged, or cannot read, again, of what is committed. Pages
 * are named by their bytes: what is made again has the name that was lost, or was not lost.
 */
public final class LostPages {
    private static final int READS_IN_FLIGHT = 8;

    private final FolderId folder;
    private final CommittedWalk walk;
    private final PackIndex packs;
    private final PageStore pages;

    /**
     * @param pages what it keeps in memory counts as stored
     */
    public LostPages(FolderId folder, CommittedWalk walk, PackIndex packs, PageStore pages) {
        this.folder = folder;
        this.walk = walk;
        this.packs = packs;
        this.pages = pages;
    }

    /** The page of this name; empty where the store cannot give it. Other failures are failures. */
    public Mono<Optional<Page>> read(PageHash name) {
        return pages.pages(Set.of(name))
                .map(found -> Optional.ofNullable(found.get(name)))
                .onErrorReturn(StoreFailures::isOfOneObject, Optional.empty());
    }

    /** Reads every page of the manifest back and makes again what is lost; how many that was. */
    public Mono<Long> all() {
        return Mono.defer(() -> {
            List<PageHash> made = new ArrayList<>();
            Set<PageHash> lost = new HashSet<>();
            return build((name, _) -> made.add(name), () -> readBack(made, lost))
                    .then(Mono.defer(() -> again(lost)));
        });
    }

    private Mono<Void> readBack(List<PageHash> made, Set<PageHash> lost) {
        List<PageHash> names = List.copyOf(made);
        made.clear();
        return Flux.fromIterable(names)
                .flatMap(
                        name -> read(name).filter(Optional::isEmpty).map(_ -> name),
                        READS_IN_FLIGHT,
                        1)
                .onErrorMap(FirstFailure::of)
                .doOnNext(lost::add)
                .then();
    }

    /**
     * Makes these pages again, with their locations; how many were found. One that is not found is
     * one that a commit superseded in this moment.
     */
    public Mono<Long> again(Set<PageHash> lost) {
        return Mono.defer(() -> {
            if (lost.isEmpty()) {
                return Mono.just(0L);
            }
            AtomicLong written = new AtomicLong();
            Map<PageHash, Page> found = new HashMap<>();
            return build(
                            (name, page) -> {
                                if (lost.contains(name)) {
                                    found.put(name, page);
                                }
                            },
                            () -> write(found).doOnNext(written::addAndGet).then())
                    .then(Mono.fromSupplier(written::get));
        });
    }

    private interface Made {
        void page(PageHash name, Page page);
    }

    /**
     * The manifest of what is committed, and the lists of its large files.
     *
     * @param then is done with what was made after each batch of entries, so that it does not pile
     *     up
     */
    private Mono<Void> build(Made made, Supplier<Mono<Void>> then) {
        ManifestBuilder builder = new ManifestBuilder(made::page);
        return walk.batches()
                .concatMap(
                        batch ->
                                Flux.fromIterable(batch)
                                        .doOnNext(builder::add)
                                        .ofType(Entry.FileEntry.class)
                                        .filter(file -> file.content().isListed())
                                        .concatMap(walk::listed, 1)
                                        .doOnNext(blocks ->
                                                BlockLists.build(blocks)
                                                        .pages()
                                                        .forEach(made::page))
                                        .then(Mono.defer(then)),
                        1)
                .then(Mono.fromRunnable(builder::finish))
                .then(Mono.defer(then));
    }

    private Mono<Long> write(Map<PageHash, Page> found) {
        Map<PageHash, Page> some = Map.copyOf(found);
        found.clear();
        return Flux.fromIterable(some.entrySet())
                .concatMap(page -> putLocations(page.getKey(), page.getValue()))
                .then(pages.put(some))
                .thenReturn((long) some.size());
    }

    private Mono<Void> putLocations(PageHash name, Page page) {
        return page.blocks().isEmpty()
                ? Mono.empty()
                : locate(page.blocks())
                        .flatMap(places -> pages.putLocations(Map.of(name, List.copyOf(places))));
    }

    /** Where blocks lie, as far as they have a place. */
    public Mono<Collection<BlockLocation>> locate(List<BlockRef> blocks) {
        Set<BlockHash> hashes = new HashSet<>();
        blocks.forEach(block -> hashes.add(block.hash()));
        return packs.locate(folder, hashes).map(Map::values);
    }
}
