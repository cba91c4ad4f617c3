package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.port.SourceWatch.WatchEvent.Appeared;
import io.driftless.port.SourceWatch.WatchEvent.Changed;
import io.driftless.port.SourceWatch.WatchEvent.Modified;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat.Kind;
import io.driftless.tree.Timestamp;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import reactor.core.Disposable;

/**
 * A file system tree in memory, with inodes and times as POSIX keeps them. For one thread.
 *
 * <p>Every edit answers false, and changes nothing, where a file system would refuse it; no edit
 * throws and none follows a symlink. Time is the clock's, except that any two changes have
 * different times, as far as nanoseconds go.
 */
public final class MemoryTree {
    /** The directory in a root that is ours. */
    static final EntryPath OWN = EntryPath.parse(".driftless");

    private static final int FILE_MODE = 0644;
    private static final int DIRECTORY_MODE = 0755;
    private static final int SYMLINK_MODE = 0777;

    private final MemoryInodes inodes;
    private final MemoryListeners listeners = new MemoryListeners();
    private final MemoryRoot root;
    private final MemoryNames names;
    private Optional<Object> lockOwner = Optional.empty();

    public MemoryTree(InstantSource clock) {
        inodes = new MemoryInodes(clock);
        root = new MemoryRoot(this::newDevice);
        names = new MemoryNames(root, inodes, listeners);
    }

    private MemoryNode newDevice() {
        return inodes.directory(inodes.newDevice(), MemoryNames.initial(DIRECTORY_MODE, inodes));
    }

    // ---- Reading

    /** What one look at the path says. */
    public Found look(EntryPath path) {
        return MemoryLook.at(root.node(), path);
    }

    /** A file's bytes; empty where there is no file. */
    public Optional<byte[]> bytes(EntryPath path) {
        return node(path).filter(MemoryNode::isFile).map(node -> node.bytes.clone());
    }

    /** What is directly in a directory, in path order, {@code .driftless} included. */
    public List<EntryPath> names(EntryPath directory) {
        return node(directory).map(node -> node.children.keySet()).stream()
                .flatMap(Set::stream)
                .map(name -> directory.child(name.nameBytes()))
                .toList();
    }

    /** All entries as the source's manifest should have them, the root's own included. */
    public SortedMap<EntryPath, Entry> snapshot() {
        return MemorySnapshot.of(root.node());
    }

    /** Tells of every change as a watching file system would, until disposed of. */
    public Disposable listen(Consumer<WatchEvent> listener) {
        return listeners.add(listener);
    }

    /**
     * Runs in the middle of every reading of a file, with its path: the place for an edit that a
     * reader must notice.
     */
    public Disposable duringReads(Consumer<EntryPath> edit) {
        return listeners.addReader(edit);
    }

    /**
     * Runs before every single step that changes the tree. What it throws comes out of the edit,
     * with nothing changed: the place for a process to be killed.
     */
    public Disposable beforeChanges(Runnable hook) {
        return listeners.addChange(hook);
    }

    // ---- Files

    /** Writes a file whole, in place; makes it where it is missing. */
    public boolean write(EntryPath path, byte[] bytes) {
        if (node(path).isEmpty()
                && tellIf(
                        names.make(path, Kind.FILE, FILE_MODE, Optional.empty()).isPresent(), path)
                && bytes.length == 0) {
            return true;
        }
        return edit(path, old -> bytes.clone());
    }

    /** Writes into a file from {@code offset} on; a gap is filled with zeros. */
    public boolean overwrite(EntryPath path, int offset, byte[] bytes) {
        return edit(path, old -> splice(old, offset, bytes));
    }

    public boolean append(EntryPath path, byte[] bytes) {
        return edit(path, old -> splice(old, old.length, bytes));
    }

    /** Cuts or extends a file to a size. */
    public boolean truncate(EntryPath path, int sizeBytes) {
        return edit(path, old -> Arrays.copyOf(old, sizeBytes));
    }

    /** Flips the bits of one byte below the file system: no stat and no event tells of it. */
    public boolean rot(EntryPath path, int offset) {
        Optional<MemoryNode> file =
                node(path).filter(MemoryNode::isFile).filter(node -> node.bytes.length > offset);
        file.ifPresent(node -> node.bytes = rotten(node.bytes, offset));
        return file.isPresent();
    }

    private static byte[] rotten(byte[] old, int offset) {
        byte[] next = old.clone();
        next[offset] = (byte) ~next[offset];
        return next;
    }

    private boolean edit(EntryPath path, UnaryOperator<byte[]> change) {
        Optional<MemoryNode> file = node(path).filter(MemoryNode::isFile);
        file.ifPresent(node -> listeners.beforeChange());
        file.ifPresent(node -> node.bytes = change.apply(node.bytes));
        file.ifPresent(inodes::modified);
        file.ifPresent(node -> tell(new Modified(path)));
        file.ifPresent(node -> tell(new Changed(path)));
        return file.isPresent();
    }

    private static byte[] splice(byte[] old, int offset, byte[] bytes) {
        byte[] next = Arrays.copyOf(old, Math.max(old.length, offset + bytes.length));
        System.arraycopy(bytes, 0, next, offset, bytes.length);
        return next;
    }

    // ---- Other kinds

    public boolean mkdir(EntryPath path) {
        boolean isMade =
                names.make(path, Kind.DIRECTORY, DIRECTORY_MODE, Optional.empty()).isPresent();
        if (isMade) {
            tell(new Appeared(path));
        }
        return isMade;
    }

    public boolean symlink(EntryPath path, LinkTarget target) {
        return tellIf(
                names.make(path, Kind.SYMLINK, SYMLINK_MODE, Optional.of(target)).isPresent(),
                path);
    }

    /** Makes what is neither file, directory nor symlink, as a FIFO is. */
    public boolean makeOther(EntryPath path) {
        return tellIf(names.make(path, Kind.OTHER, FILE_MODE, Optional.empty()).isPresent(), path);
    }

    /** Gives a file another name. */
    public boolean hardLink(EntryPath from, EntryPath to) {
        return names.hardLink(from, to);
    }

    // ---- Names

    /**
     * Renames as POSIX does: over a file, over an empty directory, with everything below a
     * directory; not below itself, not across devices.
     */
    public boolean rename(EntryPath from, EntryPath to) {
        return names.rename(from, to);
    }

    /** Exchanges what two names stand for, whatever it is. */
    boolean exchange(EntryPath first, EntryPath second) {
        return names.exchange(first, second);
    }

    /**
     * Removes a path and everything below it. False where there is nothing; of the root only what
     * is in it.
     */
    public boolean delete(EntryPath path) {
        Optional<MemoryNode> node = node(path);
        if (node.isEmpty() || root.holdsMount(path)) {
            return false;
        }
        for (EntryPath name : node.get().children.descendingKeySet().toArray(EntryPath[]::new)) {
            delete(path.child(name.nameBytes()));
        }
        return path.isRoot() || unlink(path);
    }

    /** Removes one name; of a directory only where it is empty. */
    boolean unlink(EntryPath path) {
        return names.unlink(path);
    }

    // ---- Metadata

    public boolean chmod(EntryPath path, int mode) {
        return describe(path, old -> new Metadata(mode, old.uid(), old.gid(), old.modified()));
    }

    public boolean chown(EntryPath path, int uid, int gid) {
        return describe(path, old -> new Metadata(old.mode(), uid, gid, old.modified()));
    }

    /** Sets the modification time. */
    public boolean touch(EntryPath path, Timestamp modified) {
        return describe(path, old -> new Metadata(old.mode(), old.uid(), old.gid(), modified));
    }

    /** Sets what can be set; the mode of a symlink stays. */
    boolean describe(EntryPath path, UnaryOperator<Metadata> change) {
        Optional<MemoryNode> there = node(path);
        there.ifPresent(node -> listeners.beforeChange());
        there.ifPresent(node -> node.metadata = settable(node.kind, change.apply(node.metadata)));
        there.ifPresent(inodes::changed);
        there.ifPresent(node -> tell(new Modified(path)));
        return there.isPresent();
    }

    static Metadata settable(Kind kind, Metadata next) {
        int mode = kind == Kind.SYMLINK ? SYMLINK_MODE : next.mode();
        return new Metadata(mode, next.uid(), next.gid(), next.modified());
    }

    /**
     * Whether a file's bytes can be read, and a directory listed and entered. A look at the path
     * itself always can.
     */
    public boolean setReadable(EntryPath path, boolean isReadable) {
        Optional<MemoryNode> there = node(path);
        there.ifPresent(node -> node.isReadable = isReadable);
        return there.isPresent();
    }

    // ---- Roots and mounts

    /** The root's own name goes away, with everything below it. */
    public void hideRoot() {
        root.hide();
    }

    /** The root is back as it was, edits since then aside. */
    public void showRoot() {
        root.show();
    }

    /** Another, empty directory stands under the root's name. */
    public void swapRoot() {
        root.swap();
    }

    /**
     * Mounts an empty file system over a directory; what was in it is out of sight until {@link
     * #unmount}.
     */
    public boolean mount(EntryPath directory) {
        return root.mount(directory);
    }

    /** The same with an empty directory of the file system that is there. */
    public boolean bind(EntryPath directory) {
        return root.mount(
                directory,
                covered ->
                        inodes.directory(
                                covered.device, MemoryNames.initial(DIRECTORY_MODE, inodes)));
    }

    public boolean unmount(EntryPath directory) {
        return root.unmount(directory);
    }

    // ---- For the adapters of this package

    /** Takes the lock that a process has on the tree while it lives. False where another has it. */
    boolean lock(Object owner) {
        if (lockOwner.isEmpty()) {
            lockOwner = Optional.of(owner);
        }
        return isLockedBy(owner);
    }

    boolean isLockedBy(Object owner) {
        return lockOwner.filter(holder -> holder == owner).isPresent();
    }

    void unlock(Object owner) {
        if (isLockedBy(owner)) {
            lockOwner = Optional.empty();
        }
    }

    Optional<MemoryNode> node(EntryPath path) {
        return names.node(path);
    }

    MemoryListeners listeners() {
        return listeners;
    }

    private boolean tellIf(boolean isDone, EntryPath path) {
        if (isDone) {
            tell(new Changed(path));
        }
        return isDone;
    }

    private void tell(WatchEvent event) {
        listeners.tell(event);
    }
}
