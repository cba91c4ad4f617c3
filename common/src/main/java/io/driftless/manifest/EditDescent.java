package io.driftless.manifest;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.manifest.Page.Branch;
import io.driftless.manifest.Page.Child;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The way down from a root to the leaves that changes fall into, a whole level at a time. Leaves
 * are named, not loaded.
 */
final class EditDescent {
    private final List<Change> changes;
    private final Map<PageHash, Page> loaded;

    /** What is yet to be opened, all of one level. */
    private List<Range> frontier;

    /** Leaves that changes fall into, not yet asked for, in path order. */
    private final Deque<PageHash> touched = new ArrayDeque<>();

    EditDescent(Optional<PageHash> root, List<Change> changes, Map<PageHash, Page> loaded) {
        this.changes = changes;
        this.loaded = loaded;
        this.frontier =
                root.map(page -> List.of(new Range(page, 0, changes.size()))).orElse(List.of());
    }

    /** A page and the changes that fall into it. */
    private record Range(PageHash page, int from, int to) {}

    /**
     * Goes on as far as the loaded pages reach. Names the pages it lacks; none where it is done.
     */
    Set<PageHash> advance() {
        while (!frontier.isEmpty()) {
            Set<PageHash> lacks = new LinkedHashSet<>();
            for (Range range : frontier) {
                if (!loaded.containsKey(range.page()) && lacks.size() < PageLoader.GROUP) {
                    lacks.add(range.page());
                }
            }
            if (!lacks.isEmpty()) {
                return lacks;
            }
            frontier = oneLevelDown();
        }
        return Set.of();
    }

    private List<Range> oneLevelDown() {
        List<Range> below = new ArrayList<>();
        boolean areLeaves = false;
        for (Range range : frontier) {
            if (loaded.get(range.page()) instanceof Branch branch) {
                split(range, branch, below);
                areLeaves = branch.level() == 1;
            }
        }
        if (areLeaves) {
            below.forEach(range -> touched.add(range.page()));
            return List.of();
        }
        return below;
    }

    private void split(Range range, Branch branch, List<Range> below) {
        int from = range.from();
        for (int i = 0; i < branch.children().size() && from < range.to(); i++) {
            Child child = branch.children().get(i);
            int to = i + 1 == branch.children().size() ? range.to() : from;
            while (to < range.to() && changes.get(to).path().compareTo(child.last()) <= 0) {
                to++;
            }
            if (to > from) {
                below.add(new Range(child.page(), from, to));
            }
            from = to;
        }
    }

    /** This page and those that will be needed soon. */
    Set<PageHash> withTouched(PageHash page) {
        Set<PageHash> lacks = new LinkedHashSet<>();
        lacks.add(page);
        while (lacks.size() < PageLoader.GROUP && !touched.isEmpty()) {
            lacks.add(touched.removeFirst());
        }
        return lacks;
    }
}
