package io.driftless.adapter.memory;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.tree.Found;
import java.util.Optional;

/** Finds nodes by path, never through a symlink. */
final class MemoryLook {
    private MemoryLook() {}

    /** The last name as a path of one segment. */
    static EntryPath name(EntryPath path) {
        return EntryPath.ofBytes(path.nameBytes());
    }

    /** True for the directory in a root that is ours, and everything below it. */
    static boolean isOwn(EntryPath path) {
        return path.equals(MemoryTree.OWN) || MemoryTree.OWN.isAncestorOf(path);
    }

    static Optional<MemoryNode> node(Optional<MemoryNode> root, EntryPath path) {
        if (path.isRoot()) {
            return root;
        }
        return node(root, path.parent()).map(directory -> directory.children.get(name(path)));
    }

    static Found at(Optional<MemoryNode> root, EntryPath path) {
        Optional<EntryPath> closed = firstClosedAncestor(root, path);
        if (closed.isPresent()) {
            return new Found.Unreadable(
                    path,
                    ErrorCode.ENTRY_UNREADABLE,
                    "Directory " + closed.get() + " may not be entered.");
        }
        Optional<MemoryNode> node = node(root, path);
        return node.isPresent()
                ? new Found.Present(path, node.get().stat(), node.get().target, mount(root, path))
                : new Found.Absent(path);
    }

    /** That of the root is 1. */
    private static long mount(Optional<MemoryNode> root, EntryPath path) {
        long here = node(root, path).map(node -> node.mount).orElse(0L);
        if (here != 0 || path.isRoot()) {
            return Math.max(1, here);
        }
        return mount(root, path.parent());
    }

    private static Optional<EntryPath> firstClosedAncestor(
            Optional<MemoryNode> root, EntryPath path) {
        if (path.isRoot()) {
            return Optional.empty();
        }
        EntryPath parent = path.parent();
        Optional<EntryPath> above = firstClosedAncestor(root, parent);
        boolean isClosed =
                node(root, parent)
                        .filter(node -> node.isDirectory() && !node.isReadable)
                        .isPresent();
        return above.isEmpty() && isClosed ? Optional.of(parent) : above;
    }
}
