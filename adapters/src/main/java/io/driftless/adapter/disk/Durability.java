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

    /** By way of the stage, which is on the same file system and can always be opened. */
    void syncAll() {
        check("open", "the stage", workspace.stage());
        try (Descriptor stage =
                Opening.inside(workspace.stage(), new byte[] {'.'}, Flag.O_DIRECTORY, 0)) {
            check("open", "the stage", stage.number());
            check("sync", "the file system", Transfer.syncFileSystem(stage));
        }
    }

    /** What its mode keeps even us from opening is synced with everything else. */
    private void sync(Object what, Descriptor open) {
        if (open.number() == -Errno.EACCES) {
            syncAll();
            return;
        }
        check("open", what, open.number());
        check("sync", what, Transfer.sync(open));
    }

    private static void check(String verb, Object what, int result) {
        if (result < 0) {
            throw Failures.writing(verb, what, result);
        }
    }
}
