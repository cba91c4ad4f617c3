package io.driftless.change;

import io.driftless.change.Change.Put;
import io.driftless.change.Change.Remove;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Closes chosen changes, so that applied to the committed tree they give a valid tree. A put brings
 * parents along that are not committed yet; one whose parent is no directory, as far as anybody
 * observed, is postponed and both are to be looked at again. A directory that is removed, or that
 * became something else, takes everything committed below it along. Where that is more than one
 * change is to take, it stays for a later one, and of what is below it some goes before.
 *
 * <p>Reads nothing itself. Ask {@link #needs}, answer with the {@code answer...} methods, and ask
 * again until nothing is needed; then take {@link #closed}. Not for several threads.
 */
public final class Closure {
    private final NavigableMap<EntryPath, Change> changes = new TreeMap<>();

    /** Paths whose committed entries are known, and those of them that have one. */
    private final Set<EntryPath> asked = new HashSet<>();

    private final Map<EntryPath, Entry> committed = new HashMap<>();

    /** Paths whose observations are known, and those of them that are directories. */
    private final Set<EntryPath> askedObserved = new HashSet<>();

    private final Map<EntryPath, DirectoryEntry> observed = new HashMap<>();

    private final Set<EntryPath> listed = new HashSet<>();
    private final Set<EntryPath> below = new HashSet<>();
    private final Set<EntryPath> broughtAlong = new TreeSet<>();
    private final Set<EntryPath> refused = new TreeSet<>();
    private final Set<EntryPath> later = new TreeSet<>();
    private final Set<EntryPath> chosen;
    private final Set<EntryPath> lookAgain = new TreeSet<>();

    /**
     * @param chosen the observed changes to be committed, each path once
     */
    public Closure(Collection<Change> chosen) {
        chosen.forEach(change -> changes.put(change.path(), change));
        this.chosen = Set.copyOf(changes.keySet());
        if (changes.containsKey(EntryPath.ROOT) && !isPutDirectory(EntryPath.ROOT)) {
            refuse(EntryPath.ROOT, EntryPath.ROOT);
        }
    }

    /**
     * What has to be known next.
     *
     * @param committed paths whose committed entries are needed
     * @param observed paths of which it is needed whether they were last observed as directories
     * @param subtrees committed directories below which the committed paths are needed
     */
    public record Needs(
            Set<EntryPath> committed, Set<EntryPath> observed, Set<EntryPath> subtrees) {
        public boolean isEmpty() {
            return committed.isEmpty() && observed.isEmpty() && subtrees.isEmpty();
        }
    }

    /**
     * A closed set.
     *
     * @param changes in path order; removals are of committed paths only
     * @param broughtAlong paths that were not chosen but observed, and are now put
     * @param postponed paths that were chosen and are not part of it
     * @param lookAgain paths whose observations contradict each other
     * @param later directories, none below another, that a later change takes out or replaces, and
     *     how many of these changes are below each
     */
    public record Closed(
            List<Change> changes,
            Set<EntryPath> broughtAlong,
            Set<EntryPath> postponed,
            Set<EntryPath> lookAgain,
            Map<EntryPath, Long> later) {}

    /** What has to be known next; empty when the set is closed. */
    public Needs needs() {
        Set<EntryPath> ofCommitted = new TreeSet<>();
        Set<EntryPath> ofObserved = new TreeSet<>();
        while (judgePuts(ofCommitted, ofObserved)) {
            ofCommitted.clear();
            ofObserved.clear();
        }
        Set<EntryPath> subtrees = new TreeSet<>();
        if (ofCommitted.isEmpty() && ofObserved.isEmpty()) {
            for (EntryPath path : topmostNoDirectories()) {
                if (!asked.contains(path)) {
                    ofCommitted.add(path);
                } else if (isCommittedDirectory(path) && !isListed(path)) {
                    subtrees.add(path);
                }
            }
        }
        return new Needs(ofCommitted, ofObserved, subtrees);
    }

    /** The committed entries among the paths asked for; the others are not committed. */
    public void answerCommitted(Set<EntryPath> paths, Collection<Entry> found) {
        asked.addAll(paths);
        found.forEach(entry -> committed.put(entry.path(), entry));
    }

    /** Those of the paths asked for that were last observed as directories. */
    public void answerObserved(Set<EntryPath> paths, Collection<DirectoryEntry> directories) {
        askedObserved.addAll(paths);
        directories.forEach(entry -> observed.put(entry.path(), entry));
    }

    /**
     * The last of the committed paths below a directory that was asked for.
     *
     * @param isAll false where others stand before them: the directory then stays until they went
     */
    public void answerBelow(EntryPath directory, Collection<EntryPath> last, boolean isAll) {
        below.addAll(last);
        if (isAll) {
            listed.add(directory);
        } else {
            changes.remove(directory);
            later.add(directory);
        }
    }

    /** Paths that go with a directory above them, so far. */
    public int sizeBelow() {
        return below.size();
    }

    /** What is below it is known, or goes with what is below a directory above it. */
    private boolean isListed(EntryPath directory) {
        return listed.contains(directory) || below.contains(directory);
    }

    /** The result, once nothing is needed. */
    public Closed closed() {
        NavigableMap<EntryPath, Change> all = new TreeMap<>();
        below.forEach(path -> all.put(path, new Remove(path)));
        for (Change change : changes.values()) {
            if (change instanceof Put || committed.containsKey(change.path())) {
                all.put(change.path(), change);
            }
        }
        Set<EntryPath> postponed = new TreeSet<>(refused);
        postponed.addAll(later);
        postponed.retainAll(chosen);
        return new Closed(
                List.copyOf(all.values()),
                Set.copyOf(broughtAlong),
                Set.copyOf(postponed),
                Set.copyOf(lookAgain),
                going(all));
    }

    private Map<EntryPath, Long> going(NavigableMap<EntryPath, Change> all) {
        Map<EntryPath, Long> going = new TreeMap<>();
        for (EntryPath directory : topmost(later)) {
            going.put(
                    directory,
                    all.tailMap(directory, false).keySet().stream()
                            .takeWhile(directory::isAncestorOf)
                            .count());
        }
        return going;
    }

    /** Judges all puts, parents first. True where a parent was brought along and needs judging. */
    private boolean judgePuts(Set<EntryPath> ofCommitted, Set<EntryPath> ofObserved) {
        Set<EntryPath> noDirectories = noDirectories();
        boolean hasBrought = false;
        for (Change change : List.copyOf(changes.values())) {
            EntryPath path = change.path();
            if (!(change instanceof Put) || path.isRoot()) {
                continue;
            }
            Optional<EntryPath> inTheWay = nearestAbove(path, noDirectories);
            if (inTheWay.isPresent()) {
                refuse(path, inTheWay.get());
            } else if (!isDirectoryThen(path.parent())) {
                hasBrought |= bring(path, ofCommitted, ofObserved);
            }
        }
        return hasBrought;
    }

    /** True where the path will be a directory, as far as the changes and what is committed say. */
    private boolean isDirectoryThen(EntryPath path) {
        return changes.containsKey(path) || isCommittedDirectory(path);
    }

    /** Brings the parent of a put along, or says what has to be known for that. */
    private boolean bring(EntryPath path, Set<EntryPath> ofCommitted, Set<EntryPath> ofObserved) {
        EntryPath parent = path.parent();
        DirectoryEntry directory = observed.get(parent);
        if (!asked.contains(parent)) {
            ofCommitted.add(parent);
        } else if (!askedObserved.contains(parent)) {
            ofObserved.add(parent);
        } else if (directory == null || refused.contains(parent)) {
            refuse(path, parent);
        } else {
            changes.put(parent, new Put(directory));
            broughtAlong.add(parent);
            return true;
        }
        return false;
    }

    private void refuse(EntryPath path, EntryPath inTheWay) {
        changes.remove(path);
        broughtAlong.remove(path);
        refused.add(path);
        lookAgain.add(path);
        lookAgain.add(inTheWay);
    }

    private Set<EntryPath> noDirectories() {
        Set<EntryPath> paths = new HashSet<>();
        for (EntryPath path : changes.keySet()) {
            if (!isPutDirectory(path)) {
                paths.add(path);
            }
        }
        return paths;
    }

    private List<EntryPath> topmostNoDirectories() {
        return topmost(changes.keySet().stream().filter(path -> !isPutDirectory(path)).toList());
    }

    /**
     * @param paths in path order
     */
    private static List<EntryPath> topmost(Collection<EntryPath> paths) {
        List<EntryPath> topmost = new ArrayList<>();
        for (EntryPath path : paths) {
            if (topmost.isEmpty() || !topmost.getLast().isAncestorOf(path)) {
                topmost.add(path);
            }
        }
        return topmost;
    }

    private static Optional<EntryPath> nearestAbove(EntryPath path, Set<EntryPath> paths) {
        EntryPath above = path;
        while (!above.isRoot() && !paths.isEmpty()) {
            above = above.parent();
            if (paths.contains(above)) {
                return Optional.of(above);
            }
        }
        return Optional.empty();
    }

    private boolean isPutDirectory(EntryPath path) {
        return changes.get(path) instanceof Put(DirectoryEntry _);
    }

    private boolean isCommittedDirectory(EntryPath path) {
        return committed.get(path) instanceof DirectoryEntry;
    }
}
