package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat.Kind;
import java.util.Optional;

/**
 * Makes, moves and removes names as POSIX does. False, or empty, where a file system would refuse.
 */
final class MemoryNames {
    private static final int OWNER = 1000;

    private final MemoryRoot root;
    private final MemoryInodes inodes;
    private final MemoryListeners listeners;

    MemoryNames(MemoryRoot root, MemoryInodes inodes, MemoryListeners listeners) {
        this.root = root;
        this.inodes = inodes;
        this.listeners = listeners;
    }

    static Metadata initial(int mode, MemoryInodes inodes) {
        return new Metadata(mode, OWNER, OWNER, inodes.tick());
    }

    Optional<MemoryNode> node(EntryPath path) {
        return MemoryLook.node(root.node(), path);
    }

    Optional<MemoryNode> make(EntryPath path, Kind kind, int mode, Optional<LinkTarget> target) {
        Optional<MemoryNode> parent = parentOfNew(path);
        parent.ifPresent(node -> listeners.beforeChange());
        Optional<MemoryNode> made =
                parent.map(directory ->
                        inodes.node(kind, directory.device, initial(mode, inodes), target));
        made.ifPresent(node -> attach(parent.orElseThrow(), path, node));
        return made;
    }

    /** Gives a file another name. */
    boolean hardLink(EntryPath from, EntryPath to) {
        Optional<MemoryNode> file = node(from).filter(MemoryNode::isFile);
        Optional<MemoryNode> directory =
                parentOfNew(to).filter(parent -> isOnDeviceOf(parent, file));
        if (file.isEmpty() || directory.isEmpty()) {
            return false;
        }
        listeners.beforeChange();
        file.get().links++;
        inodes.changed(file.get());
        attach(directory.get(), to, file.get());
        return tellIf(true, to);
    }

    /**
     * Renames as POSIX does: over a file, over an empty directory, with everything below a
     * directory; not below itself, not across devices.
     */
    boolean rename(EntryPath from, EntryPath to) {
        Optional<MemoryNode> moved = node(from);
        Optional<MemoryNode> goal = node(to.parent()).filter(MemoryNode::isDirectory);
        boolean isRefused =
                from.isRoot() || to.isRoot() || from.isAncestorOf(to) || root.holdsMount(from);
        if (isRefused || goal.isEmpty() || !isOnDeviceOf(goal.get(), moved)) {
            return false;
        }
        Optional<MemoryNode> displaced = node(to);
        if (displaced.isPresent() && displaced.get() == moved.get()) {
            return true;
        }
        if (displaced.isPresent() && !mayReplace(displaced.get(), moved.get(), to)) {
            return false;
        }
        listeners.beforeChange();
        displaced.ifPresent(node -> detach(goal.get(), to, node));
        detach(node(from.parent()).orElseThrow(), from, moved.get());
        moved.get().links++;
        attach(goal.get(), to, moved.get());
        inodes.changed(moved.get());
        tell(new WatchEvent.Changed(from));
        tell(moved.get().isDirectory() ? new WatchEvent.Appeared(to) : new WatchEvent.Changed(to));
        return true;
    }

    private boolean mayReplace(MemoryNode displaced, MemoryNode moved, EntryPath at) {
        return displaced.isDirectory() == moved.isDirectory()
                && displaced.children.isEmpty()
                && !root.isMountPoint(at);
    }

    /** Exchanges what two names stand for, whatever it is. */
    boolean exchange(EntryPath first, EntryPath second) {
        Optional<MemoryNode> one = node(first);
        Optional<MemoryNode> other = node(second);
        boolean isNested = first.isAncestorOf(second) || second.isAncestorOf(first);
        boolean isMount = root.holdsMount(first) || root.holdsMount(second);
        if (one.isEmpty()
                || other.isEmpty()
                || isNested
                || isMount
                || one.get().device != other.get().device) {
            return false;
        }
        listeners.beforeChange();
        attach(node(first.parent()).orElseThrow(), first, other.get());
        attach(node(second.parent()).orElseThrow(), second, one.get());
        inodes.changed(one.get());
        inodes.changed(other.get());
        tell(
                other.get().isDirectory()
                        ? new WatchEvent.Appeared(first)
                        : new WatchEvent.Changed(first));
        tell(
                one.get().isDirectory()
                        ? new WatchEvent.Appeared(second)
                        : new WatchEvent.Changed(second));
        return true;
    }

    /** Removes one name; of a directory only where it is empty. */
    boolean unlink(EntryPath path) {
        Optional<MemoryNode> node = node(path).filter(there -> there.children.isEmpty());
        if (path.isRoot() || node.isEmpty() || root.isMountPoint(path)) {
            return false;
        }
        listeners.beforeChange();
        detach(node(path.parent()).orElseThrow(), path, node.get());
        return tellIf(true, path);
    }

    private void attach(MemoryNode directory, EntryPath path, MemoryNode node) {
        directory.children.put(MemoryLook.name(path), node);
        inodes.modified(directory);
    }

    private void detach(MemoryNode directory, EntryPath path, MemoryNode node) {
        directory.children.remove(MemoryLook.name(path));
        inodes.modified(directory);
        node.links--;
        inodes.changed(node);
    }

    /** The directory where a new name may be made. */
    private Optional<MemoryNode> parentOfNew(EntryPath path) {
        boolean isFree = !path.isRoot() && node(path).isEmpty();
        return isFree ? node(path.parent()).filter(MemoryNode::isDirectory) : Optional.empty();
    }

    private static boolean isOnDeviceOf(MemoryNode directory, Optional<MemoryNode> node) {
        return node.isPresent() && node.get().device == directory.device;
    }

    private boolean tellIf(boolean isDone, EntryPath path) {
        if (isDone) {
            tell(new WatchEvent.Changed(path));
        }
        return isDone;
    }

    private void tell(WatchEvent event) {
        listeners.tell(event);
    }
}
