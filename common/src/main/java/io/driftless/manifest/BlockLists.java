package io.driftless.manifest;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Content.Blocks;
import io.driftless.block.Hash;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.manifest.Page.BlockBranch;
import io.driftless.manifest.Page.BlockLeaf;
import io.driftless.port.PageSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The list of a file's blocks: in its entry up to {@link Content#MAX_INLINE_BLOCKS}, else in pages
 * of its own, cut so that an edit of the file rewrites one page a level. Stateless.
 */
public final class BlockLists {
    private BlockLists() {}

    /**
     * A content, and the pages that have to be stored so that it can be read.
     *
     * @param pages by name, those of lower levels first; empty where the blocks are inline
     */
    public record Built(Content content, Map<PageHash, Page> pages) {}

    public static Built build(List<BlockRef> blocks) {
        if (blocks.size() <= Content.MAX_INLINE_BLOCKS) {
            return new Built(inline(blocks), Map.of());
        }
        Map<PageHash, Page> pages = new LinkedHashMap<>();
        List<PageHash> names = keep(cut(blocks, BlockRef::hash, 0), BlockLeaf::new, pages);
        for (int level = 1; names.size() > 1; level++) {
            int here = level;
            names =
                    keep(
                            cut(names, name -> name, level),
                            lists -> new BlockBranch(here, lists),
                            pages);
        }
        Blocks listed = new Blocks.Listed(names.getFirst(), blocks.size());
        return new Built(new Content(Sha256.content(blocks), sizeOf(blocks), listed), pages);
    }

    public static Content contentOf(List<BlockRef> blocks) {
        return build(blocks).content();
    }

    /**
     * All blocks of a content, in file order. Fails with {@code STORE_OBJECT_DAMAGED} where the
     * list is not that of the content. The whole list is held: 40 to 80 bytes a block.
     */
    public static Mono<List<BlockRef>> read(PageSource source, Content content) {
        return switch (content.blocks()) {
            case Blocks.Inline(var refs) -> Mono.just(refs);
            case Blocks.Listed(var top, var count) ->
                    readListed(new PageLoader(source), top, count)
                            .map(blocks -> checked(blocks, content));
        };
    }

    private static Mono<List<BlockRef>> readListed(PageLoader pages, PageHash top, int count) {
        return pages.load(top)
                .flatMap(page ->
                        switch (page) {
                            case BlockLeaf(var blocks) -> Mono.just(blocks);
                            case BlockBranch(var level, var lists) ->
                                    below(pages, lists, level - 1, count);
                            case Page.Leaf _, Page.Branch _ ->
                                    Mono.error(PageLoader.misplaced(page, 0));
                        });
    }

    static Content inline(List<BlockRef> blocks) {
        return new Content(Sha256.content(blocks), sizeOf(blocks), new Blocks.Inline(blocks));
    }

    private static long sizeOf(List<BlockRef> blocks) {
        return blocks.stream().mapToLong(BlockRef::lengthBytes).sum();
    }

    private static <T> List<List<T>> cut(List<T> items, Function<T, Hash> digest, int level) {
        List<List<T>> pages = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < items.size(); i++) {
            boolean isEnd =
                    i + 1 == items.size()
                            || i + 1 - from == Page.MAX_ITEMS
                            || PageRule.endsPage(digest.apply(items.get(i)), level);
            if (isEnd) {
                pages.add(items.subList(from, i + 1));
                from = i + 1;
            }
        }
        return pages;
    }

    private static <T> List<PageHash> keep(
            List<List<T>> cuts, Function<List<T>, Page> toPage, Map<PageHash, Page> pages) {
        List<PageHash> names = new ArrayList<>(cuts.size());
        for (List<T> items : cuts) {
            Page page = toPage.apply(items);
            PageHash name = PageCodec.name(page);
            pages.put(name, page);
            names.add(name);
        }
        return names;
    }

    /** Goes down one level after the other, each as a whole; {@code lists} are of {@code level}. */
    private static Mono<List<BlockRef>> below(
            PageLoader pages, List<PageHash> lists, int level, int count) {
        if (level == 0) {
            return gather(pages.inOrder(lists).map(BlockLists::blocksIn), count);
        }
        return gather(pages.inOrder(lists).map(page -> listsIn(page, level)), count)
                .flatMap(next -> below(pages, next, level - 1, count));
    }

    private static <T> Mono<List<T>> gather(Flux<List<T>> pieces, int count) {
        return pieces.collect(
                        () -> new ArrayList<T>(),
                        (all, piece) -> {
                            all.addAll(piece);
                            if (all.size() > count) {
                                throw ByteSource.damaged(
                                        "lists more than the " + count + " blocks of its file");
                            }
                        })
                .map(all -> all);
    }

    private static List<BlockRef> blocksIn(Page page) {
        if (page instanceof BlockLeaf(var blocks)) {
            return blocks;
        }
        throw PageLoader.misplaced(page, 0);
    }

    private static List<PageHash> listsIn(Page page, int level) {
        if (page instanceof BlockBranch(var at, var lists) && at == level) {
            return lists;
        }
        throw PageLoader.misplaced(page, level);
    }

    private static List<BlockRef> checked(List<BlockRef> blocks, Content content) {
        if (!Sha256.content(blocks).equals(content.id()) || sizeOf(blocks) != content.sizeBytes()) {
            throw ByteSource.damaged("lists other blocks than those of content " + content.id());
        }
        return List.copyOf(blocks);
    }
}
