package io.driftless.testing;

import static io.driftless.testing.Trees.dir;
import static io.driftless.testing.Trees.file;
import static io.driftless.testing.Trees.symlink;
import static io.driftless.testing.Trees.tree;

import io.driftless.path.EntryPath;
import io.driftless.testing.Trees.Node;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Every valid tree of two names, two levels and few contents. */
public final class TinyTrees {
    private TinyTrees() {}

    public static List<SortedMap<EntryPath, Entry>> all() {
        List<SortedMap<EntryPath, Entry>> trees = new ArrayList<>();
        for (List<Node> first : choices("a", true)) {
            for (List<Node> second : choices("b", false)) {
                List<Node> nodes = new ArrayList<>(first);
                nodes.addAll(second);
                trees.add(tree(nodes.toArray(Node[]::new)));
            }
        }
        return trees;
    }

    private static List<List<Node>> choices(String name, boolean canHoldMore) {
        List<List<Node>> choices = new ArrayList<>();
        choices.add(List.of());
        choices.add(List.of(file(name, "one")));
        choices.add(List.of(file(name, "two").mode(0600)));
        choices.add(List.of(symlink(name, "x")));
        choices.add(List.of(dir(name)));
        if (canHoldMore) {
            for (List<Node> inside : choices("x", false)) {
                choices.add(List.of(dir(name, inside.toArray(Node[]::new)).modified(5)));
            }
        }
        return choices;
    }
}
