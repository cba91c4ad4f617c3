package io.driftless.testing;

import io.driftless.block.BlockCutter;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.change.Change;
import io.driftless.manifest.BlockLists;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Entry.FileEntry;
import io.driftless.tree.Entry.SymlinkEntry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Trees as literals: {@code tree(file("a", "one"), dir("d", symlink("l", "a")))}. A tree is a
 * sorted map of all its entries, the root directory included. Names are printed forms, so {@code
 * %FF} is one byte.
 */
public final class Trees {
    /** The time of every entry that has no other. */
    public static final Timestamp TIME = new Timestamp(1_700_000_000, 123_456_789);

    private Trees() {}

    /** What stands at a name. */
    public sealed interface Node {
        String name();

        /** The same with other permission bits. */
        Node mode(int mode);

        /** The same with another modification time, in seconds. */
        Node modified(long seconds);
    }

    private record FileNode(String name, Content content, Metadata metadata) implements Node {
        @Override
        public Node mode(int mode) {
            return new FileNode(name, content, withMode(metadata, mode));
        }

        @Override
        public Node modified(long seconds) {
            return new FileNode(name, content, withTime(metadata, seconds));
        }
    }

    private record DirectoryNode(String name, List<Node> nodes, Metadata metadata) implements Node {
        @Override
        public Node mode(int mode) {
            return new DirectoryNode(name, nodes, withMode(metadata, mode));
        }

        @Override
        public Node modified(long seconds) {
            return new DirectoryNode(name, nodes, withTime(metadata, seconds));
        }
    }

    private record SymlinkNode(String name, String target, Metadata metadata) implements Node {
        @Override
        public Node mode(int mode) {
            return this;
        }

        @Override
        public Node modified(long seconds) {
            return new SymlinkNode(name, target, withTime(metadata, seconds));
        }
    }

    public static Node file(String name, String text) {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    public static Node file(String name, byte[] bytes) {
        return new FileNode(name, contentOf(bytes), new Metadata(0644, 1000, 1000, TIME));
    }

    public static Node dir(String name, Node... nodes) {
        return new DirectoryNode(name, List.of(nodes), new Metadata(0755, 1000, 1000, TIME));
    }

    public static Node symlink(String name, String target) {
        return new SymlinkNode(name, target, new Metadata(0777, 1000, 1000, TIME));
    }

    /** The tree with these in its root. */
    public static SortedMap<EntryPath, Entry> tree(Node... nodes) {
        SortedMap<EntryPath, Entry> tree = new TreeMap<>();
        add(EntryPath.ROOT, dir("", nodes), tree);
        return tree;
    }

    private static void add(EntryPath path, Node node, SortedMap<EntryPath, Entry> tree) {
        switch (node) {
            case FileNode(var _, var content, var metadata) ->
                    tree.put(path, new FileEntry(path, metadata, content));
            case SymlinkNode(var _, var target, var metadata) ->
                    tree.put(path, new SymlinkEntry(path, metadata, LinkTarget.parse(target)));
            case DirectoryNode(var _, var nodes, var metadata) -> {
                tree.put(path, new DirectoryEntry(path, metadata));
                nodes.forEach(child -> add(path.child(child.name()), child, tree));
            }
        }
    }

    public static Content contentOf(String text) {
        return contentOf(text.getBytes(StandardCharsets.UTF_8));
    }

    public static Content contentOf(byte[] bytes) {
        return BlockLists.contentOf(blocksOf(bytes));
    }

    public static List<BlockRef> blocksOf(byte[] bytes) {
        List<BlockRef> blocks = new ArrayList<>();
        BlockCutter cutter = new BlockCutter(blocks::add);
        cutter.feed(bytes, 0, bytes.length);
        cutter.finish();
        return blocks;
    }

    /** The tree after these changes. */
    public static SortedMap<EntryPath, Entry> apply(
            SortedMap<EntryPath, Entry> tree, Iterable<Change> changes) {
        SortedMap<EntryPath, Entry> next = new TreeMap<>(tree);
        for (Change change : changes) {
            switch (change) {
                case Change.Put(var entry) -> next.put(entry.path(), entry);
                case Change.Remove(var path) -> next.remove(path);
            }
        }
        return next;
    }

    /**
     * The changes that make {@code next} of {@code base}, in path order, by looking at every entry
     * of both.
     */
    public static List<Change> between(
            SortedMap<EntryPath, Entry> base, SortedMap<EntryPath, Entry> next) {
        TreeSet<EntryPath> paths = new TreeSet<>(base.keySet());
        paths.addAll(next.keySet());
        List<Change> changes = new ArrayList<>();
        for (EntryPath path : paths) {
            Entry wanted = next.get(path);
            if (wanted == null) {
                changes.add(new Change.Remove(path));
            } else if (!wanted.equals(base.get(path))) {
                changes.add(new Change.Put(wanted));
            }
        }
        return changes;
    }

    static Metadata withMode(Metadata metadata, int mode) {
        return new Metadata(mode, metadata.uid(), metadata.gid(), metadata.modified());
    }

    static Metadata withTime(Metadata metadata, long seconds) {
        return new Metadata(
                metadata.mode(), metadata.uid(), metadata.gid(), new Timestamp(seconds, 0));
    }
}
