package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.tree.Listed;
import io.driftless.tree.Stat.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * One depth-first walk in path order. Holds one listing for each depth and nothing open between two
 * batches.
 */
final class PortableWalk {
    private static final int BATCH = 256;

    private final PortableRoot root;
    private final Optional<EntryPath> after;
    private final Deque<Iterator<Listed>> listings = new ArrayDeque<>();
    private Optional<EntryPath> toEnter;

    PortableWalk(PortableRoot root, EntryPath top, Optional<EntryPath> after) {
        this.root = root;
        this.after = after;
        this.toEnter = Optional.of(top);
    }

    /** The next steps; none at the end. */
    List<Listed> next() {
        List<Listed> batch = new ArrayList<>();
        while (batch.size() < BATCH && !(toEnter.isEmpty() && listings.isEmpty())) {
            toEnter.ifPresent(directory -> listings.push(listing(root, directory).iterator()));
            toEnter = Optional.empty();
            if (listings.element().hasNext()) {
                Listed listed = listings.element().next();
                step(listed).ifPresent(batch::add);
            } else {
                listings.pop();
            }
        }
        return batch;
    }

    /** Enters a directory that holds something wanted. */
    private Optional<Listed> step(Listed listed) {
        if (!(listed instanceof Listed.Name(EntryPath path, Kind kind))) {
            return Optional.of(listed);
        }
        boolean isWanted = after.isEmpty() || path.compareTo(after.get()) > 0;
        boolean leadsToWanted =
                isWanted || path.equals(after.get()) || path.isAncestorOf(after.get());
        if (leadsToWanted && kind == Kind.DIRECTORY) {
            toEnter = Optional.of(path);
        }
        return isWanted ? Optional.of(listed) : Optional.empty();
    }

    /** The names in a directory, in path order, or why there are none. */
    static List<Listed> listing(PortableRoot root, EntryPath directory) {
        if (Own.holds(directory)) {
            String message = "There is no directory " + directory + ".";
            return List.of(new Listed.Unlistable(directory, ErrorCode.ENTRY_VANISHED, message));
        }
        try (PortableDirectory top = root.open();
                PortableDirectory opened = top.open(directory)) {
            return names(directory, opened);
        } catch (IOException failure) {
            ErrorCode code = PortableFailures.whenReading(failure);
            String message = PortableFailures.message("list", directory, failure);
            return List.of(new Listed.Unlistable(directory, code, message));
        }
    }

    /** A name that no path can hold spoils the listing, as nothing can be said of what it names. */
    private static List<Listed> names(EntryPath directory, PortableDirectory opened)
            throws IOException {
        int room =
                EntryPath.MAX_LENGTH_BYTES - directory.lengthBytes() - (directory.isRoot() ? 0 : 1);
        int longest = Math.min(room, EntryPath.MAX_NAME_BYTES);
        List<Listed> names = new ArrayList<>();
        for (PortableDirectory.Child child : opened.children()) {
            if (child.name().length > longest) {
                String message = "A name in " + directory + " is too long.";
                return List.of(new Listed.Unlistable(directory, ErrorCode.NAME_INVALID, message));
            }
            EntryPath path = directory.child(child.name());
            if (!Own.holds(path)) {
                names.add(new Listed.Name(path, child.kind()));
            }
        }
        return names;
    }
}
