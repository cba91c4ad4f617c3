package io.driftless.plan;

import io.driftless.block.ContentId;
import io.driftless.path.EntryPath;
import io.driftless.plan.Action.CreateDirectory;
import io.driftless.plan.Action.FinishDirectory;
import io.driftless.plan.Action.ReadFirst;
import io.driftless.plan.Action.Remove;
import io.driftless.plan.Action.SetMetadata;
import io.driftless.plan.Action.TrashThenWrite;
import io.driftless.plan.Action.WriteContent;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Entry.FileEntry;
import io.driftless.tree.Entry.SymlinkEntry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A target in memory, as strict as a file system: nothing is made without its directory, and work
 * in a directory changes its time.
 */
final class Target {
    private final SortedMap<EntryPath, Entry> entries;
    private final Set<EntryPath> read = new HashSet<>();
    private final List<Entry> trash = new ArrayList<>();
    private final List<Entry> removed = new ArrayList<>();
    private long clock = 1_900_000_000;

    Target(SortedMap<EntryPath, Entry> entries) {
        this.entries = new TreeMap<>(entries);
    }

    SortedMap<EntryPath, Entry> entries() {
        return entries;
    }

    List<Entry> trash() {
        return trash;
    }

    /** What was removed or overwritten without going to the trash. */
    List<Entry> removed() {
        return removed;
    }

    /**
     * @param known files whose content is known without reading
     */
    SortedMap<EntryPath, Actual> actual(Set<EntryPath> known) {
        SortedMap<EntryPath, Actual> actual = new TreeMap<>();
        entries.forEach((path, entry) ->
                actual.put(path, actual(entry, known.contains(path) || read.contains(path))));
        return actual;
    }

    static Actual actual(Entry entry, boolean isContentKnown) {
        Optional<LinkTarget> link =
                entry instanceof SymlinkEntry symlink
                        ? Optional.of(symlink.target())
                        : Optional.empty();
        Optional<ContentId> content =
                entry instanceof FileEntry file && isContentKnown
                        ? Optional.of(file.content().id())
                        : Optional.empty();
        long size = entry instanceof FileEntry file ? file.content().sizeBytes() : 0;
        Stat stat =
                new Stat(Planner.kindOf(entry), size, entry.metadata(), Timestamp.EPOCH, 1, 1, 1);
        return new Actual(stat, link, content);
    }

    void apply(Plan plan) {
        plan.actions().forEach(this::apply);
    }

    private void apply(Action action) {
        switch (action) {
            case CreateDirectory(var entry) ->
                    put(entry.withMetadata(new Metadata(0700, 0, 0, now())));
            case WriteContent(var entry, var _) -> put(entry);
            case TrashThenWrite(var entry, var _) -> {
                moveToTrash(entry.path());
                put(entry);
            }
            case ReadFirst(var entry) -> read.add(entry.path());
            case SetMetadata(var entry, var _) -> setMetadata(entry);
            case FinishDirectory(var entry) -> setMetadata(entry);
            case Remove(var path, var _, var isExtra) -> remove(path, isExtra);
            case Action.Keep _, Action.Release _, Action.Blocked _ -> {}
        }
    }

    private void put(Entry entry) {
        EntryPath path = entry.path();
        check(
                path.isRoot() || entries.get(path.parent()) instanceof DirectoryEntry,
                "no directory for " + path);
        check(below(path).isEmpty(), "a full directory is in the way at " + path);
        Entry before = entries.put(path, entry);
        if (before != null) {
            removed.add(before);
        }
        touch(path);
    }

    private void remove(EntryPath path, boolean isExtra) {
        check(below(path).isEmpty(), path + " is not empty");
        Entry gone = entries.remove(path);
        check(gone != null, path + " is not there");
        (isExtra ? trash : removed).add(gone);
        touch(path);
    }

    private void moveToTrash(EntryPath path) {
        List<EntryPath> gone = new ArrayList<>(below(path));
        gone.add(path);
        gone.forEach(one -> trash.add(entries.remove(one)));
        check(!trash.contains(null), "nothing to trash at " + path);
        touch(path);
    }

    private void setMetadata(Entry entry) {
        Entry there = entries.get(entry.path());
        check(
                there != null && there.getClass() == entry.getClass(),
                "another kind is at " + entry.path());
        entries.put(entry.path(), there.withMetadata(entry.metadata()));
    }

    private List<EntryPath> below(EntryPath path) {
        return entries.keySet().stream().filter(path::isAncestorOf).toList();
    }

    private void touch(EntryPath path) {
        entries.computeIfPresent(
                path.parent(),
                (_, directory) -> {
                    Metadata was = directory.metadata();
                    return directory.withMetadata(
                            new Metadata(was.mode(), was.uid(), was.gid(), now()));
                });
    }

    private Timestamp now() {
        return new Timestamp(clock++, 0);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
