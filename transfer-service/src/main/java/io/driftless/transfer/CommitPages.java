package io.driftless.transfer;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.PageHash;
import io.driftless.manifest.BlockLists;
import io.driftless.manifest.Page;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
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

    /** Stores the lists of blocks that entries only name. */
    Mono<Void> writeLists(Map<EntryPath, List<BlockRef>> listed, Set<PageHash> fresh) {
        return Flux.fromIterable(listed.values())
                .concatMap(blocks -> write(BlockLists.build(blocks).pages(), fresh))
                .then();
    }

    /** Stores pages with their locations; adds their names to {@code fresh}. */
    Mono<Void> write(Map<PageHash, Page> pages, Set<PageHash> fresh) {
        fresh.addAll(pages.keySet());
        Map<PageHash, List<BlockRef>> blocks = new HashMap<>();
        Set<BlockHash> all = new HashSet<>();
        pages.forEach((name, page) -> {
            List<BlockRef> refs = blocksOf(page);
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

    private static List<BlockRef> blocksOf(Page page) {
        return switch (page) {
            case Page.Leaf(List<Entry> entries) ->
                    entries.stream().flatMap(entry -> inline(entry).stream()).toList();
            case Page.BlockLeaf(List<BlockRef> refs) -> refs;
            case Page.Branch branch -> List.of();
            case Page.BlockBranch branch -> List.of();
        };
    }

    private static List<BlockRef> inline(Entry entry) {
        return entry instanceof Entry.FileEntry file
                        && file.content().blocks()
                                instanceof Content.Blocks.Inline(List<BlockRef> refs)
                ? refs
                : List.of();
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
