package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.tree.Listed;
import io.driftless.tree.Stat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * One depth-first walk in path order. Holds one listing for each depth and nothing open between two
 * batches; the root is compared again for each directory.
 */
final class Walk {
    private final Root root;
    private final Optional<EntryPath> after;
    private final int batchSize;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final List<Listed> batch = new ArrayList<>();
    private Optional<EntryPath> toEnter;

    private record Frame(EntryPath directory, Iterator<Listing.Child> children) {}

    Walk(Root root, EntryPath top, Optional<EntryPath> after, int batchSize) {
        this.root = root;
        this.after = after;
        this.batchSize = batchSize;
        this.toEnter = Optional.of(top);
    }

    /** The next steps; none at the end. */
    List<Listed> next() {
        batch.clear();
        while (batch.size() < batchSize && !isAtEnd()) {
            if (toEnter.isPresent()) {
                EntryPath directory = toEnter.get();
                toEnter = Optional.empty();
                enter(directory);
            } else if (frames.element().children.hasNext()) {
                step(frames.element());
            } else {
                frames.pop();
            }
        }
        return List.copyOf(batch);
    }

    private boolean isAtEnd() {
        return toEnter.isEmpty() && frames.isEmpty();
    }

    private void enter(EntryPath directory) {
        Listing listing = list(root, directory);
        if (listing.isComplete()) {
            frames.push(new Frame(directory, listing.children().iterator()));
        } else if (frames.isEmpty() || !Errno.isAbsent(-listing.errno())) {
            batch.add(unlistable(directory, listing));
        }
        // A directory that vanished after its parent was listed has nothing below it: no word of it
        // is needed.
    }

    private void step(Frame frame) {
        Listing.Child child = frame.children.next();
        EntryPath path = frame.directory.child(child.name());
        boolean isWanted = after.isEmpty() || path.compareTo(after.get()) > 0;
        boolean leadsToWanted =
                isWanted || path.equals(after.get()) || path.isAncestorOf(after.get());
        if (isWanted) {
            batch.add(new Listed.Name(path, child.kind()));
        }
        if (leadsToWanted && child.kind() == Stat.Kind.DIRECTORY) {
            toEnter = Optional.of(path);
        }
    }

    /** What {@link io.driftless.port.TreeReader#list} says of a directory. */
    static List<Listed> names(Root root, EntryPath directory) {
        Listing listing = list(root, directory);
        if (!listing.isComplete()) {
            return List.of(unlistable(directory, listing));
        }
        List<Listed> names = new ArrayList<>(listing.children().size());
        for (Listing.Child child : listing.children()) {
            names.add(new Listed.Name(directory.child(child.name()), child.kind()));
        }
        return names;
    }

    private static Listing list(Root root, EntryPath directory) {
        if (Own.holds(directory)) {
            return Listing.failed(Errno.ENOENT);
        }
        try (Descriptor top = root.open();
                Descriptor opened = Opening.listing(top.number(), directory)) {
            return Listing.of(opened).below(directory);
        }
    }

    private static Listed unlistable(EntryPath directory, Listing listing) {
        ErrorCode code = Failures.whenReading(-listing.errno());
        return new Listed.Unlistable(
                directory, code, Failures.message("list", directory, -listing.errno()));
    }
}
