package io.driftless.transfer;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.PageHash;
import io.driftless.manifest.BlockLists;
import io.driftless.manifest.Page;
import io.driftless.path.EntryPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stores pages, and beside each page that names blocks the places where those lie. */
final class CommitPages {
    private final TransferContext context;

    CommitPages(TransferContext context) {
        this.context = context;
    }

    /** Stores the lists of blocks that entries only name; adds the pages to {@code written}. */
    Mono<Void> writeLists(Map<EntryPath, List<BlockRef>> listed, Set<PageHash> written) {
        return Flux.fromIterable(listed.values())
                .map(blocks -> BlockLists.build(blocks).pages())
                .concatMap(pages -> {
                    written.addAll(pages.keySet());
                    return write(pages);
                })
                .then();
    }

    /** Stores pages with their locations. */
    Mono<Void> write(Map<PageHash, Page> pages) {
        Map<PageHash, List<BlockRef>> blocks = new HashMap<>();
        Set<BlockHash> all = new HashSet<>();
        pages.forEach((name, page) -> {
            List<BlockRef> refs = page.blocks();
            if (!refs.isEmpty()) {
                blocks.put(name, refs);
                refs.forEach(ref -> all.add(ref.hash()));
            }
        });
        var folder = context.folder().id();
        Mono<Map<BlockHash, BlockLocation>> located =
                all.isEmpty() ? Mono.just(Map.of()) : context.ports().packs().locate(folder, all);
        return context.ports()
                .commits()
                .beginPages(folder, pages.keySet())
                .then(
                        Mono.when(
                                context.ports().pages().put(pages),
                                located.flatMap(found ->
                                        context.ports()
                                                .pages()
                                                .putLocations(places(blocks, found)))));
    }

    private static Map<PageHash, List<BlockLocation>> places(
            Map<PageHash, List<BlockRef>> blocks, Map<BlockHash, BlockLocation> located) {
        Map<PageHash, List<BlockLocation>> places = new HashMap<>();
        blocks.forEach((page, refs) -> {
            List<BlockLocation> at = new ArrayList<>();
            refs.stream()
                    .map(BlockRef::hash)
                    .distinct()
                    .forEach(hash -> Optional.ofNullable(located.get(hash)).ifPresent(at::add));
            places.put(page, at);
        });
        return places;
    }
}
