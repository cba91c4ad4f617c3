package io.driftless.reconciler;

import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.PageHash;
import io.driftless.committed.LostPages;
import io.driftless.error.SyncException;
import io.driftless.manifest.Page;
import io.driftless.port.StoreFailures;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private final LostPages lost;

    /** How far the turn came; the next one begins with the first page. */
    private Optional<PageHash> after = Optional.empty();

    PageCheck(ReconcileContext context) {
        this.context = context;
        this.lost = context.lostPages();
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
        Set<PageHash> missed = new HashSet<>();
        return Flux.fromIterable(names)
                .flatMap(name -> check(name, missed), READS_IN_FLIGHT, 1)
                .reduce(0L, Long::sum)
                .flatMap(written -> lost.again(missed).map(again -> written + again));
    }

    /** Writes old locations again; adds the name of a page that is lost to {@code missed}. */
    private Mono<Long> check(PageHash name, Set<PageHash> missed) {
        return lost.read(name)
                .doOnNext(page -> {
                    if (page.isEmpty()) {
                        say("page", name, "the store cannot give it");
                        missed.add(name);
                    }
                })
                .flatMap(page ->
                        page.map(Page::blocks)
                                .filter(blocks -> !blocks.isEmpty())
                                .map(blocks -> checkLocations(name, blocks))
                                .orElseGet(() -> Mono.just(0L)));
    }

    private void say(String kind, PageHash name, String cause) {
        LOG.warn(
                "written again folder={} kind={} page={} cause={}",
                context.folder(),
                kind,
                name,
                cause);
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
                                    if (!StoreFailures.isOfOneObject(failure)) {
                                        return Mono.error(failure);
                                    }
                                    say("locations", name, failure.code().id());
                                    return Mono.just(Set.of());
                                });
        return Mono.zip(stored, lost.locate(blocks))
                .flatMap(both ->
                        both.getT1().containsAll(both.getT2())
                                ? Mono.just(0L)
                                : context.ports()
                                        .pages()
                                        .putLocations(Map.of(name, List.copyOf(both.getT2())))
                                        .thenReturn(1L));
    }
}
