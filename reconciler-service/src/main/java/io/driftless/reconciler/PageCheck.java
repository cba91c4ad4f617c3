package io.driftless.reconciler;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content.Blocks;
import io.driftless.block.PageHash;
import io.driftless.error.SyncException;
import io.driftless.manifest.BlockLists;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.manifest.Page;
import io.driftless.tree.Entry;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads pages of the newest commit back from the store, some at a time and all in turn, with the
 * locations beside them. What is lost, damaged or old is written again from what is committed:
 * pages are named by their bytes, so that a deletion of theirs that came late can hit one that is
 * back, and no other way tells of it.
 */
final class PageCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ReconcileFlow.class);
    private static final int READS_IN_FLIGHT = 8;

    private final ReconcileContext context;
    private final CommittedWalk walk;

    /** How far the turn came; the next one begins with the first page. */
    private Optional<PageHash> after = Optional.empty();

    PageCheck(ReconcileContext context) {
        this.context = context;
        this.walk = new CommittedWalk(context);
    }

    /** Checks the next pages; how many objects were written again. */
    Mono<Long> some() {
        int limit = context.garbage().checkPages();
        return Mono.defer(() ->
                context.ports()
                        .garbage()
                        .livePages(context.folder(), after, limit)
                        .doOnNext(names -> {
                            boolean isEnd = names.size() < limit;
                            after = isEnd ? Optional.empty() : Optional.of(names.getLast());
                        })
                        .flatMap(this::check));
    }

    /** Checks every page from the first one on; after somebody missed something. */
    Mono<Long> all() {
        after = Optional.empty();
        return some().expand(written -> after.isEmpty() ? Mono.empty() : some())
                .reduce(0L, Long::sum);
    }

    private Mono<Long> check(List<PageHash> names) {
        Set<PageHash> lost = new HashSet<>();
        return Flux.fromIterable(names)
                .flatMap(name -> check(name, lost), READS_IN_FLIGHT, 1)
                .reduce(0L, Long::sum)
                .flatMap(written ->
                        lost.isEmpty()
                                ? Mono.just(written)
                                : rebuild(lost).map(rebuilt -> written + rebuilt));
    }

    /** Writes old locations again; adds the name of a page that is lost to {@code lost}. */
    private Mono<Long> check(PageHash name, Set<PageHash> lost) {
        return context.ports()
                .pages()
                .pages(Set.of(name))
                .map(pages -> Objects.requireNonNull(pages.get(name)))
                .map(Optional::of)
                .onErrorResume(
                        SyncException.class,
                        failure -> {
                            if (!isOfTheObject(failure)) {
                                return Mono.error(failure);
                            }
                            say("page", name, failure);
                            lost.add(name);
                            return Mono.just(Optional.empty());
                        })
                .flatMap(page ->
                        page.map(Page::blocks)
                                .filter(blocks -> !blocks.isEmpty())
                                .map(blocks -> checkLocations(name, blocks))
                                .orElseGet(() -> Mono.just(0L)));
    }

    private static boolean isOfTheObject(SyncException failure) {
        return switch (failure.code()) {
            case STORE_OBJECT_MISSING, STORE_OBJECT_DAMAGED -> true;
            default -> false;
        };
    }

    private void say(String kind, PageHash name, SyncException failure) {
        LOG.warn(
                "written again folder={} kind={} page={} code={} cause={}",
                context.folder(),
                kind,
                name,
                failure.code().id(),
                failure.getMessage());
    }

    private Mono<Long> checkLocations(PageHash name, List<BlockRef> blocks) {
        Mono<Set<BlockLocation>> stored =
                context.ports()
                        .pages()
                        .freshLocations(name)
                        .<Set<BlockLocation>>map(HashSet::new)
                        .onErrorResume(
                                SyncException.class,
                                failure -> {
                                    if (!isOfTheObject(failure)) {
                                        return Mono.error(failure);
                                    }
                                    say("locations", name, failure);
                                    return Mono.just(Set.of());
                                });
        return Mono.zip(stored, locate(blocks))
                .flatMap(both ->
                        both.getT1().containsAll(both.getT2())
                                ? Mono.just(0L)
                                : context.ports()
                                        .pages()
                                        .putLocations(Map.of(name, List.copyOf(both.getT2())))
                                        .thenReturn(1L));
    }

    private Mono<Collection<BlockLocation>> locate(List<BlockRef> blocks) {
        Set<BlockHash> hashes = blocks.stream().map(BlockRef::hash).collect(Collectors.toSet());
        return context.ports().packs().locate(context.folder(), hashes).map(Map::values);
    }

    /**
     * Builds the manifest from what is committed, and the lists of large files; of all that, writes
     * what is lost. A page that is not found is one that a commit superseded in this moment.
     */
    private Mono<Long> rebuild(Set<PageHash> lost) {
        Map<PageHash, Page> found = new HashMap<>();
        ManifestBuilder builder =
                new ManifestBuilder((name, page) -> {
                    if (lost.contains(name)) {
                        found.put(name, page);
                    }
                });
        return walk.batches()
                .concatMapIterable(entries -> entries)
                .doOnNext(builder::add)
                .filter(PageCheck::isListed)
                .cast(Entry.FileEntry.class)
                .concatMap(walk::listed, 1)
                .doOnNext(blocks -> addLost(BlockLists.build(blocks).pages(), lost, found))
                .then(Mono.fromRunnable(builder::finish))
                .then(Mono.defer(() -> write(found)));
    }

    private static boolean isListed(Entry entry) {
        return entry instanceof Entry.FileEntry file
                && file.content().blocks() instanceof Blocks.Listed;
    }

    private static void addLost(
            Map<PageHash, Page> pages, Set<PageHash> lost, Map<PageHash, Page> found) {
        pages.forEach((name, page) -> {
            if (lost.contains(name)) {
                found.put(name, page);
            }
        });
    }

    private Mono<Long> write(Map<PageHash, Page> found) {
        return Flux.fromIterable(found.entrySet())
                .concatMap(page -> locationsOf(page.getKey(), page.getValue()))
                .then(context.ports().pages().put(found))
                .thenReturn((long) found.size());
    }

    private Mono<Void> locationsOf(PageHash name, Page page) {
        return page.blocks().isEmpty()
                ? Mono.empty()
                : locate(page.blocks())
                        .flatMap(places ->
                                context.ports()
                                        .pages()
                                        .putLocations(Map.of(name, List.copyOf(places))));
    }
}
