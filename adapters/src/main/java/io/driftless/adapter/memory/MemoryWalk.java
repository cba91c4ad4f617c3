package io.driftless.adapter.memory;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import io.driftless.tree.Stat.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** One depth-first walk in path order. Holds one listing for each depth. */
final class MemoryWalk {
    private final MemoryNode root;
    private final Optional<EntryPath> after;
    private final Deque<Iterator<Listed>> listings = new ArrayDeque<>();

    /** The directory whose listing comes next. */
    private Optional<EntryPath> toEnter;

    MemoryWalk(MemoryNode root, EntryPath top, Optional<EntryPath> after) {
        this.root = root;
        this.after = after;
        this.toEnter = Optional.of(top);
    }

    /** The next step; empty at the end. */
    Optional<Listed> next() {
        while (true) {
            toEnter.ifPresent(directory -> listings.push(listing(root, directory).iterator()));
            toEnter = Optional.empty();
            if (listings.isEmpty()) {
                return Optional.empty();
            }
            if (!listings.peek().hasNext()) {
                listings.pop();
                continue;
            }
            Listed listed = listings.peek().next();
            if (step(listed)) {
                return Optional.of(listed);
            }
        }
    }

    /** Enters directories that hold something wanted; true where the step itself is. */
    private boolean step(Listed listed) {
        if (!(listed instanceof Listed.Name(EntryPath path, var kind))) {
            return true;
        }
        boolean isWanted = after.isEmpty() || path.compareTo(after.get()) > 0;
        boolean leadsToWanted =
                isWanted || path.equals(after.get()) || path.isAncestorOf(after.get());
        if (leadsToWanted && kind == Kind.DIRECTORY) {
            toEnter = Optional.of(path);
        }
        return isWanted;
    }

    /** The names in a directory, in path order, or why there are none. */
    static List<Listed> listing(MemoryNode root, EntryPath directory) {
        Found found = MemoryLook.at(Optional.of(root), directory);
        if (found instanceof Found.Unreadable(EntryPath _, ErrorCode code, String message)) {
            return List.of(new Listed.Unlistable(directory, code, message));
        }
        Optional<MemoryNode> node = MemoryLook.node(Optional.of(root), directory);
        if (node.filter(MemoryNode::isDirectory).isEmpty() || MemoryLook.isOwn(directory)) {
            return List.of(
                    new Listed.Unlistable(
                            directory,
                            ErrorCode.ENTRY_VANISHED,
                            "There is no directory " + directory + "."));
        }
        if (!node.get().isReadable) {
            return List.of(
                    new Listed.Unlistable(
                            directory,
                            ErrorCode.ENTRY_UNREADABLE,
                            "Directory " + directory + " may not be listed."));
        }
        return names(directory, node.get());
    }

    private static List<Listed> names(EntryPath directory, MemoryNode node) {
        List<Listed> names = new ArrayList<>(node.children.size());
        node.children.forEach((name, child) -> {
            EntryPath path = directory.child(name.nameBytes());
            if (!MemoryLook.isOwn(path)) {
                names.add(new Listed.Name(path, child.kind));
            }
        });
        return names;
    }
}
