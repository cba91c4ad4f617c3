package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What stands under the root's name, and what is mounted below it. */
final class MemoryRoot {
    /** An empty directory on a device of its own. */
    private final Supplier<MemoryNode> newDevice;

    private final MemoryNode original;
    private final NavigableMap<EntryPath, MemoryNode> covered = new TreeMap<>();
    private Optional<MemoryNode> current;

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
        Optional<MemoryNode> directory =
                MemoryLook.node(current, path).filter(MemoryNode::isDirectory);
        if (path.isRoot() || directory.isEmpty() || isMountPoint(path)) {
            return false;
        }
        covered.put(path, directory.get());
        replace(path, newDevice.get());
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
