package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.StageName;

/** Brings what was written to the disk itself. */
final class Durability {
    private final Workspace workspace;

    Durability(Workspace workspace) {
        this.workspace = workspace;
    }

    /** With owner, mode and times, which a data sync leaves out. */
    void syncStaged(StageName name) {
        check("open", name.value(), workspace.stage());
        try (Descriptor file =
                Opening.inside(
                        workspace.stage(),
                        Staging.bytes(name),
                        Flag.O_RDONLY | Flag.O_NONBLOCK | Flag.O_NOCTTY,
                        0)) {
            sync(name.value(), file);
        }
    }

    /** A directory that is gone has nothing left to keep. */
    void syncDirectory(EntryPath path) {
        try (Descriptor directory = Opening.listing(workspace.root().number(), path)) {
            if (!Errno.isAbsent(directory.number())) {
                sync(path, directory);
            }
        }
    }

    void syncAll() {
        try (Descriptor top = Opening.listing(workspace.root().number(), EntryPath.ROOT)) {
            check("open", EntryPath.ROOT, top.number());
            check("sync", EntryPath.ROOT, Transfer.syncFileSystem(top));
        }
    }

    private static void sync(Object what, Descriptor open) {
        check("open", what, open.number());
        check("sync", what, Transfer.sync(open));
    }

    private static void check(String verb, Object what, int result) {
        if (result < 0) {
            throw Failures.writing(verb, what, result);
        }
    }
}
