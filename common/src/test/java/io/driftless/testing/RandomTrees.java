package io.driftless.testing;

import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Entry.FileEntry;
import io.driftless.tree.Entry.SymlinkEntry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Valid trees and edits of them, drawn from a seeded generator. */
public final class RandomTrees {
    private static final String[] ODD_NAMES = {
        "a", "A", "a b", "a.b", "a-b", "-a", ".a", "..a", "%01", "%FF%FE", "ä", "a%CC%88", "~",
        "\\", "a%0Ab", "!"
    };

    private RandomTrees() {}

    /** About {@code size} entries in up to four levels of directories. */
    public static SortedMap<EntryPath, Entry> tree(Random random, int size) {
        SortedMap<EntryPath, Entry> tree = new TreeMap<>();
        List<EntryPath> directories = new ArrayList<>(List.of(EntryPath.ROOT));
        tree.put(EntryPath.ROOT, directory(EntryPath.ROOT, random));
        for (int i = 1; i < size; i++) {
            EntryPath parent = directories.get(random.nextInt(directories.size()));
            EntryPath path = parent.child(name(random));
            if (tree.containsKey(path)) {
                continue;
            }
            Entry entry = parent.depth() < 4 ? entry(path, random) : leaf(path, random);
            tree.put(path, entry);
            if (entry instanceof DirectoryEntry) {
                directories.add(path);
            }
        }
        return tree;
    }

    /**
     * The tree after some random edits that keep it valid: new, changed, removed and swapped
     * entries.
     */
    public static SortedMap<EntryPath, Entry> edited(
            SortedMap<EntryPath, Entry> tree, Random random, int edits) {
        SortedMap<EntryPath, Entry> next = new TreeMap<>(tree);
        for (int i = 0; i < edits; i++) {
            edit(next, random);
        }
        return next;
    }

    private static void edit(SortedMap<EntryPath, Entry> tree, Random random) {
        EntryPath path = anyOf(tree, random);
        boolean isDirectory = tree.get(path) instanceof DirectoryEntry;
        switch (random.nextInt(6)) {
            case 0 ->
                    tree.computeIfPresent(path, (_, entry) -> entry.withMetadata(metadata(random)));
            case 1 -> remove(tree, path);
            case 2 -> replace(tree, path, random);
            default -> {
                EntryPath parent = isDirectory ? path : path.parent();
                EntryPath added = parent.child(name(random));
                tree.putIfAbsent(
                        added, parent.depth() < 6 ? entry(added, random) : leaf(added, random));
            }
        }
    }

    private static void remove(SortedMap<EntryPath, Entry> tree, EntryPath path) {
        if (!path.isRoot()) {
            tree.keySet().removeIf(path::isAncestorOf);
            tree.remove(path);
        }
    }

    private static void replace(SortedMap<EntryPath, Entry> tree, EntryPath path, Random random) {
        if (!path.isRoot()) {
            remove(tree, path);
            tree.put(path, entry(path, random));
        }
    }

    /** Any path of a tree. */
    public static EntryPath anyOf(SortedMap<EntryPath, Entry> tree, Random random) {
        return List.copyOf(tree.keySet()).get(random.nextInt(tree.size()));
    }

    public static Entry entry(EntryPath path, Random random) {
        return random.nextInt(6) == 0 ? directory(path, random) : leaf(path, random);
    }

    private static Entry leaf(EntryPath path, Random random) {
        if (random.nextInt(8) == 0) {
            return new SymlinkEntry(
                    path, metadata(random), LinkTarget.parse("../" + random.nextInt(9)));
        }
        String text = random.nextInt(8) == 0 ? "" : "content " + random.nextInt(1000);
        return new FileEntry(path, metadata(random), Trees.contentOf(text));
    }

    private static Entry directory(EntryPath path, Random random) {
        return new DirectoryEntry(path, metadata(random));
    }

    public static Metadata metadata(Random random) {
        Timestamp time =
                new Timestamp(1_700_000_000 + random.nextInt(1000), random.nextInt(1_000_000_000));
        return new Metadata(
                random.nextBoolean() ? 0644 : 0750, random.nextInt(3), random.nextInt(3), time);
    }

    private static String name(Random random) {
        return random.nextInt(5) == 0
                ? ODD_NAMES[random.nextInt(ODD_NAMES.length)]
                : "name-" + random.nextInt(10_000);
    }
}
