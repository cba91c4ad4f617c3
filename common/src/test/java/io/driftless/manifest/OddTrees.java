package io.driftless.manifest;

import io.driftless.path.EntryPath;
import io.driftless.testing.RandomTrees;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Paths chosen by where they end pages, so that small trees are high and long runs have no end but
 * the forced one.
 */
final class OddTrees {
    /** Ends no page of any level. */
    static final List<EntryPath> PLAIN = find(0, 3000);

    /** Ends a leaf, but no page above it. */
    static final List<EntryPath> LEAF_ENDS = find(1, 1400);

    /** Ends pages of levels 0 and 1, but none above. */
    static final List<EntryPath> BRANCH_ENDS = find(2, 12);

    private OddTrees() {}

    private static List<EntryPath> find(int levels, int count) {
        List<EntryPath> found = new ArrayList<>();
        for (int i = 0; found.size() < count; i++) {
            EntryPath path = EntryPath.parse(Integer.toHexString(Integer.reverse(i)) + levels);
            if (levelsEndedBy(path) == levels) {
                found.add(path);
            }
        }
        found.sort(null);
        return List.copyOf(found);
    }

    private static int levelsEndedBy(EntryPath path) {
        int level = 0;
        while (PageRule.endsPage(PageRule.digestOf(path), level)) {
            level++;
        }
        return level;
    }

    /** Any of these paths: most often of the first list. */
    static EntryPath any(Random random) {
        List<EntryPath> from =
                switch (random.nextInt(8)) {
                    case 0 -> BRANCH_ENDS;
                    case 1, 2, 3 -> LEAF_ENDS;
                    default -> PLAIN;
                };
        return from.get(random.nextInt(from.size()));
    }

    /** Entries whose pages end seldom, or at nearly every key, or at every key of two levels. */
    static SortedMap<EntryPath, Entry> tree(Random random) {
        SortedMap<EntryPath, Entry> tree = new TreeMap<>();
        addSome(tree, PLAIN, random);
        addSome(tree, LEAF_ENDS, random);
        addSome(tree, BRANCH_ENDS, random);
        return tree;
    }

    private static void addSome(
            SortedMap<EntryPath, Entry> tree, List<EntryPath> keys, Random random) {
        int share = random.nextInt(3);
        for (EntryPath path : keys) {
            if (share == 2 || (share == 1 && random.nextInt(30) == 0)) {
                tree.put(path, RandomTrees.entry(path, random));
            }
        }
    }

    /** The tree after some edits that often fall where pages end. */
    static SortedMap<EntryPath, Entry> edited(SortedMap<EntryPath, Entry> tree, Random random) {
        SortedMap<EntryPath, Entry> next = new TreeMap<>(tree);
        for (int i = random.nextInt(20); i >= 0; i--) {
            EntryPath path = any(random);
            if (random.nextBoolean()) {
                next.put(path, RandomTrees.entry(path, random));
            } else if (!next.isEmpty()) {
                next.remove(random.nextBoolean() ? path : next.lastKey());
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            touchNeighbours(next, any(random), random);
        }
        if (random.nextInt(6) == 0) {
            EntryPath from = any(random);
            (random.nextBoolean() ? next.headMap(from) : next.tailMap(from)).clear();
        }
        return next;
    }

    /** Changes or removes many of the few entries around a path: pages that follow one another. */
    private static void touchNeighbours(
            SortedMap<EntryPath, Entry> tree, EntryPath path, Random random) {
        List<EntryPath> near =
                new ArrayList<>(tree.tailMap(path).keySet().stream().limit(4).toList());
        SortedMap<EntryPath, Entry> before = tree.headMap(path);
        for (int i = 0;
                i < 4 && !before.isEmpty();
                i++, before = before.headMap(before.lastKey())) {
            near.add(before.lastKey());
        }
        for (EntryPath neighbour : near) {
            switch (random.nextInt(3)) {
                case 0 -> tree.remove(neighbour);
                case 1 -> tree.put(neighbour, RandomTrees.entry(neighbour, random));
                default -> {}
            }
        }
    }
}
