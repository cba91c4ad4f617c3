package io.driftless.manifest;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.manifest.Page.Branch;
import io.driftless.manifest.Page.Child;
import io.driftless.manifest.Page.Leaf;
import io.driftless.path.EntryPath;
import io.driftless.port.PageSource;
import io.driftless.tree.Entry;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What changed between two manifests. Goes down both at once, a whole level at a time, and leaves
 * out every page that both have, so only pages that differ are loaded. Holds the names of the pages
 * that differ and a few groups of leaves.
 */
public final class ManifestDiff {
    private static final Comparator<Sided> ORDER =
            Comparator.comparing(Sided::path).thenComparing(Sided::isNext);

    private final PageLoader base;
    private final PageLoader next;

    private ManifestDiff(PageSource base, PageSource next) {
        this.base = new PageLoader(base);
        this.next = new PageLoader(next);
    }

    /**
     * The changes that make {@code next} of {@code base}, in path order. Without a base root,
     * everything is a put.
     *
     * @param base where the pages below {@code baseRoot} are
     * @param next where the pages below {@code nextRoot} are
     */
    public static Flux<Change> diff(
            PageSource base, Optional<PageHash> baseRoot, PageSource next, PageHash nextRoot) {
        if (baseRoot.isPresent() && baseRoot.get().equals(nextRoot)) {
            return Flux.empty();
        }
        ManifestDiff diff = new ManifestDiff(base, next);
        return Mono.zip(
                        diff.sideOf(diff.base, baseRoot),
                        diff.sideOf(diff.next, Optional.of(nextRoot)))
                .flatMap(sides -> diff.descend(sides.getT1(), sides.getT2()))
                .flatMapMany(diff::compare);
    }

    /** Pages of one level of one manifest that the other may not have, in path order. */
    private record Side(int level, List<PageHash> pages) {}

    private record Sides(Side base, Side next) {}

    /** An entry and the manifest it is from. */
    private record Sided(Entry entry, boolean isNext) {
        EntryPath path() {
            return entry.path();
        }
    }

    private Mono<Side> sideOf(PageLoader pages, Optional<PageHash> root) {
        if (root.isEmpty()) {
            return Mono.just(new Side(0, List.of()));
        }
        return pages.load(root.get()).map(page -> new Side(levelOf(page), List.of(root.get())));
    }

    private static int levelOf(Page page) {
        return switch (page) {
            case Leaf _ -> 0;
            case Branch(var level, var _) -> level;
            case Page.BlockLeaf _, Page.BlockBranch _ -> throw PageLoader.misplaced(page, 0);
        };
    }

    private Mono<Sides> descend(Side baseSide, Side nextSide) {
        Sides sides =
                baseSide.level() == nextSide.level()
                        ? withoutCommon(baseSide, nextSide)
                        : new Sides(baseSide, nextSide);
        int level = Math.max(baseSide.level(), nextSide.level());
        if (level == 0) {
            return Mono.just(sides);
        }
        return Mono.zip(below(base, sides.base(), level), below(next, sides.next(), level))
                .flatMap(lower -> descend(lower.getT1(), lower.getT2()));
    }

    private static Sides withoutCommon(Side baseSide, Side nextSide) {
        Set<PageHash> common = new HashSet<>(baseSide.pages());
        common.retainAll(new HashSet<>(nextSide.pages()));
        return common.isEmpty()
                ? new Sides(baseSide, nextSide)
                : new Sides(without(common, baseSide), without(common, nextSide));
    }

    private static Side without(Set<PageHash> common, Side side) {
        return new Side(
                side.level(),
                side.pages().stream().filter(page -> !common.contains(page)).toList());
    }

    /** The side one level lower, if it is at {@code level}. */
    private static Mono<Side> below(PageLoader pages, Side side, int level) {
        if (side.level() != level) {
            return Mono.just(side);
        }
        return pages.inOrder(side.pages())
                .concatMapIterable(page -> childrenOf(page, level))
                .map(Child::page)
                .collectList()
                .map(names -> new Side(level - 1, names));
    }

    private static List<Child> childrenOf(Page page, int level) {
        if (page instanceof Branch(var at, var children) && at == level) {
            return children;
        }
        throw PageLoader.misplaced(page, level);
    }

    private Flux<Change> compare(Sides leaves) {
        return Flux.mergeComparing(
                        Page.MAX_ITEMS,
                        ORDER,
                        entries(base, leaves.base(), false),
                        entries(next, leaves.next(), true))
                .bufferUntilChanged(Sided::path)
                .handle((versions, sink) -> changeOf(versions).ifPresent(sink::next));
    }

    private static Flux<Sided> entries(PageLoader pages, Side leaves, boolean isNext) {
        return pages.inOrder(leaves.pages())
                .concatMapIterable(ManifestDiff::entriesOf, 1)
                .map(entry -> new Sided(entry, isNext));
    }

    private static List<Entry> entriesOf(Page page) {
        if (page instanceof Leaf(var entries)) {
            return entries;
        }
        throw PageLoader.misplaced(page, 0);
    }

    /** One version of a path, of either side, or both, base first. */
    private static Optional<Change> changeOf(List<Sided> versions) {
        Sided last = versions.getLast();
        if (!last.isNext()) {
            return Optional.of(new Change.Remove(last.path()));
        }
        boolean isSame = versions.size() == 2 && versions.getFirst().entry().equals(last.entry());
        return isSame ? Optional.empty() : Optional.of(new Change.Put(last.entry()));
    }
}
