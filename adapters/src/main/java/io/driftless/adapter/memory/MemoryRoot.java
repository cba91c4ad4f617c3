package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** What stands under the root's name, and what is mounted below it. */
final class MemoryRoot {
    /** An empty directory on a device of its own. */
    private final Supplier<MemoryNode> newDevice;

    private final MemoryNode original;
    private final NavigableMap<EntryPath, MemoryNode> covered = new TreeMap<>();
    private Optional<MemoryNode> current;
    private long lastMount = 1;

    MemoryRoot(Supplier<MemoryNode> newDevice) {
        this.newDevice = newDevice;
        original = newDevice.get();
        current = Optional.of(original);
    }

    Optional<MemoryNode> node() {
        return current;
    }

    void hide() {
        current = Optional.empty();
    }

    void show() {
        current = Optional.of(original);
    }

    void swap() {
        current = Optional.of(newDevice.get());
    }

    boolean mount(EntryPath path) {
        return mount(path, _ -> newDevice.get());
    }

    /**
     * @param mounted makes what is mounted of what is covered by it
     */
    boolean mount(EntryPath path, UnaryOperator<MemoryNode> mounted) {
        Optional<MemoryNode> directory =
                MemoryLook.node(current, path).filter(MemoryNode::isDirectory);
        if (path.isRoot() || directory.isEmpty() || isMountPoint(path)) {
            return false;
        }
        covered.put(path, directory.get());
        MemoryNode top = mounted.apply(directory.get());
        top.mount = ++lastMount;
        replace(path, top);
        return true;
    }

    boolean unmount(EntryPath path) {
        boolean isMounted = isMountPoint(path) && !holdsMountBelow(path);
        if (isMounted) {
            replace(path, Objects.requireNonNull(covered.remove(path)));
        }
        return isMounted;
    }

    boolean isMountPoint(EntryPath path) {
        return covered.containsKey(path);
    }

    /** True where the path is, or has below it, a mount. */
    boolean holdsMount(EntryPath path) {
        return isMountPoint(path) || holdsMountBelow(path);
    }

    private boolean holdsMountBelow(EntryPath path) {
        return covered.keySet().stream().anyMatch(path::isAncestorOf);
    }

    private void replace(EntryPath path, MemoryNode node) {
        MemoryNode parent = MemoryLook.node(current, path.parent()).orElseThrow();
        parent.children.put(MemoryLook.name(path), node);
    }
}
