package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;

/** The directory in a root that is ours. No tree shows it. */
final class Own {
    static final EntryPath DIRECTORY = EntryPath.parse(".driftless");
    static final byte[] NAME = DIRECTORY.nameBytes();

    private Own() {}

    static boolean holds(EntryPath path) {
        return path.equals(DIRECTORY) || DIRECTORY.isAncestorOf(path);
    }
}
