package io.driftless.agent;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.Page;
import io.driftless.port.PageSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A large file's blocks in file order, a page of the list at a time: the list itself need not fit
 * in memory.
 */
final class BlockRuns {
    private final PageSource pages;

    BlockRuns(PageSource pages) {
        this.pages = pages;
    }

    /**
     * Neighbouring blocks.
     *
     * @param page the page that lists them; empty where the entry does
     */
    record BlockRun(Optional<PageHash> page, List<BlockRef> blocks) {}

    Flux<BlockRun> of(Content content) {
        return switch (content.blocks()) {
            case Content.Blocks.Inline(List<BlockRef> refs) ->
                    Flux.just(new BlockRun(Optional.empty(), refs));
            case Content.Blocks.Listed(PageHash top, int count) -> below(top);
        };
    }

    private Flux<BlockRun> below(PageHash name) {
        return page(name)
                .flatMapMany(page ->
                        switch (page) {
                            case Page.BlockLeaf(List<BlockRef> blocks) ->
                                    Flux.just(new BlockRun(Optional.of(name), blocks));
                            case Page.BlockBranch(int level, List<PageHash> lists) ->
                                    Flux.fromIterable(lists).concatMap(this::below, 1);
                            case Page.Leaf leaf -> Flux.error(misplaced(name));
                            case Page.Branch branch -> Flux.error(misplaced(name));
                        });
    }

    private Mono<Page> page(PageHash name) {
        return pages.pages(Set.of(name)).map(found -> Objects.requireNonNull(found.get(name)));
    }

    private static SyncException misplaced(PageHash name) {
        return new SyncException(
                ErrorCode.STORE_OBJECT_DAMAGED,
                "Page " + name + " lists entries where blocks were expected.");
    }
}
