package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Stat.Kind;
import io.driftless.tree.Timestamp;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** One inode. Knows no name of its own: a directory names its children. */
final class MemoryNode {
    final Kind kind;
    final long device;
    final long inode;
    final Optional<LinkTarget> target;

    /** By name, each name a path of one segment, so that iteration is in path order. */
    final NavigableMap<EntryPath, MemoryNode> children = new TreeMap<>();

    Metadata metadata;
    Timestamp changed;

    /** Never changed in place, so that whoever read it keeps what it read. */
    byte[] bytes = {};

    /** Of a directory that is mounted where it is found: through what; 0 for all others. */
    long mount;

    int links = 1;
    boolean isReadable = true;

    MemoryNode(Kind kind, long device, long inode, Optional<LinkTarget> target, Metadata metadata) {
        this.kind = kind;
        this.device = device;
        this.inode = inode;
        this.target = target;
        this.metadata = metadata;
        this.changed = metadata.modified();
    }

    boolean isDirectory() {
        return kind == Kind.DIRECTORY;
    }

    boolean isFile() {
        return kind == Kind.FILE;
    }

    Stat stat() {
        int shownLinks = isDirectory() ? 2 + directories(children.values()) : links;
        return new Stat(kind, bytes.length, metadata, changed, device, inode, shownLinks);
    }

    private static int directories(Collection<MemoryNode> nodes) {
        return (int) nodes.stream().filter(MemoryNode::isDirectory).count();
    }
}
