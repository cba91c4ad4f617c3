package io.driftless.manifest;

import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.FirstFailure;
import io.driftless.port.PageSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Loads many pages in groups, so that a slow source is asked seldom and memory stays bounded. */
final class PageLoader {
    /** Pages asked for at once. */
    static final int GROUP = 64;

    private static final int GROUPS_IN_FLIGHT = 2;

    private final PageSource source;

    PageLoader(PageSource source) {
        this.source = source;
    }

    Mono<Page> load(PageHash name) {
        return inOrder(List.of(name)).single();
    }

    /** The named pages in the given order; a name may be there several times. */
    Flux<Page> inOrder(List<PageHash> names) {
        return Flux.fromIterable(names)
                .buffer(GROUP)
                .flatMapSequential(this::loadGroup, GROUPS_IN_FLIGHT, 1)
                .onErrorMap(FirstFailure::of)
                .concatMapIterable(pages -> pages, 1);
    }

    private Mono<List<Page>> loadGroup(List<PageHash> names) {
        return source.pages(new HashSet<>(names))
                .map(found -> names.stream().map(name -> pageOf(found, name)).toList());
    }

    static Page pageOf(Map<PageHash, Page> found, PageHash name) {
        Page page = found.get(name);
        if (page == null) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_MISSING, "Page " + name + " was not given.");
        }
        return page;
    }

    /** A page that is not of the kind or level that its parent says. */
    static SyncException misplaced(Page page, int level) {
        return new SyncException(
                ErrorCode.STORE_OBJECT_DAMAGED,
                "A %s stands where a page of level %d should."
                        .formatted(page.getClass().getSimpleName(), level));
    }
}
