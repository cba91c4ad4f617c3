package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is watched or is about to be. Knows its parent and its own name only, so that a
 * directory with millions below it is renamed in one step.
 */
final class WatchedDirectory {
    static final int NONE = -1;

    /** The name in the parent, as a path of one segment. */
    private EntryPath name;

    private @Nullable WatchedDirectory parent;
    private Map<EntryPath, WatchedDirectory> children = Map.of();
    private int watch = NONE;
    private long mount;
    private boolean isRemote;

    private WatchedDirectory(EntryPath name, @Nullable WatchedDirectory parent) {
        this.name = name;
        this.parent = parent;
    }

    static WatchedDirectory root() {
        return new WatchedDirectory(EntryPath.ROOT, null);
    }

    int watch() {
        return watch;
    }

    void watchedAs(int next) {
        watch = next;
    }

    /** The mount through which it was registered. */
    long mount() {
        return mount;
    }

    void registeredThrough(long registeredMount) {
        mount = registeredMount;
    }

    /** True where this is the first directory of the tree that is on such a file system. */
    boolean foundRemote(boolean remote) {
        isRemote = remote;
        WatchedDirectory above = parent;
        return remote && (above == null || !above.isRemote);
    }

    Map<EntryPath, WatchedDirectory> children() {
        return children;
    }

    WatchedDirectory childOrNew(EntryPath child) {
        WatchedDirectory there = children.get(child);
        if (there != null) {
            return there;
        }
        WatchedDirectory made = new WatchedDirectory(child, this);
        put(made);
        return made;
    }

    private void put(WatchedDirectory child) {
        if (children.isEmpty()) {
            children = new HashMap<>(4);
        }
        children.put(child.name, child);
    }

    /** Takes a child out, with all that is below it. */
    Optional<WatchedDirectory> detach(EntryPath child) {
        Optional<WatchedDirectory> detached =
                children.isEmpty() ? Optional.empty() : Optional.ofNullable(children.remove(child));
        detached.ifPresent(directory -> directory.parent = null);
        return detached;
    }

    void attach(WatchedDirectory moved, EntryPath newName) {
        moved.name = newName;
        moved.parent = this;
        put(moved);
    }

    /**
     * Empty where it, or something above it, was taken out of the tree, or where no path can be
     * that long.
     */
    Optional<EntryPath> path() {
        WatchedDirectory above = parent;
        if (above == null) {
            return name.isRoot() ? Optional.of(EntryPath.ROOT) : Optional.empty();
        }
        return above.path()
                .filter(path ->
                        path.lengthBytes() + 1 + name.lengthBytes() <= EntryPath.MAX_LENGTH_BYTES)
                .map(path -> path.child(name.nameBytes()));
    }
}
