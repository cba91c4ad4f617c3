package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.FolderId;
import java.nio.file.Path;
import java.util.List;

/**
 * One source and its targets.
 *
 * @param source absolute
 * @param targets at least one
 */
public record FolderSettings(FolderId id, Path source, List<TargetSettings> targets) {
    public FolderSettings {
        targets = List.copyOf(targets);
        if (targets.isEmpty()) {
            throw new SyncException(ErrorCode.BAD_SETTING, "Folder " + id + " has no target.");
        }
    }
}
