package io.driftless.change;

import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What makes entries a tree: the root is there and is a directory, every other entry's parent is a
 * directory that is there, and each path is there once. A commit holds a valid tree, always.
 */
public final class TreeRules {
    private TreeRules() {}

    /** Why a set of entries is no tree, and where. */
    public record Violation(EntryPath path, String why) {}

    /**
     * The first violation among entries in path order. Holds one path a level, whatever the number
     * of entries.
     */
    public static Optional<Violation> firstViolation(Iterable<Entry> entries) {
        Walk walk = new Walk();
        for (Entry entry : entries) {
            Optional<String> why = walk.refuse(entry);
            if (why.isPresent()) {
                return Optional.of(new Violation(entry.path(), why.get()));
            }
        }
        return walk.hasRoot()
                ? Optional.empty()
                : Optional.of(new Violation(EntryPath.ROOT, "is missing"));
    }

    public static boolean isValid(Iterable<Entry> entries) {
        return firstViolation(entries).isEmpty();
    }

    /** The directories on the way to the last entry. */
    private static final class Walk {
        private final Deque<EntryPath> open = new ArrayDeque<>();
        private Optional<EntryPath> last = Optional.empty();

        Optional<String> refuse(Entry entry) {
            EntryPath path = entry.path();
            boolean isDirectory = entry instanceof DirectoryEntry;
            boolean isFirst = last.isEmpty();
            if (isFirst != path.isRoot()) {
                return Optional.of(isFirst ? "comes before the root" : "is there twice");
            }
            if (isFirst && !isDirectory) {
                return Optional.of("is no directory");
            }
            if (last.isPresent() && path.compareTo(last.get()) <= 0) {
                return Optional.of("is out of order or there twice");
            }
            while (!open.isEmpty() && !open.getLast().isAncestorOf(path)) {
                open.removeLast();
            }
            if (!isFirst && !open.getLast().equals(path.parent())) {
                return Optional.of("is in no directory of the tree");
            }
            if (isDirectory) {
                open.addLast(path);
            }
            last = Optional.of(path);
            return Optional.empty();
        }

        boolean hasRoot() {
            return last.isPresent();
        }
    }
}
