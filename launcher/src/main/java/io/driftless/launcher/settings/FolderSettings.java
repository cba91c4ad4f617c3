package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.reconciler.Schedule;
import io.driftless.tree.FolderId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One source and its targets.
 *
 * @param source absolute
 * @param targets at least one
 * @param fullScan when the source is scanned in full while running
 */
public record FolderSettings(
        FolderId id, Path source, List<TargetSettings> targets, Schedule fullScan) {
    public static final Schedule DEFAULT_FULL_SCAN = new Schedule.Every(Duration.ofMinutes(15));

    public FolderSettings {
        targets = List.copyOf(targets);
        if (targets.isEmpty()) {
            throw new SyncException(ErrorCode.BAD_SETTING, "Folder " + id + " has no target.");
        }
    }

    /** With a source that is scanned as often as is usual. */
    public FolderSettings(FolderId id, Path source, List<TargetSettings> targets) {
        this(id, source, targets, DEFAULT_FULL_SCAN);
    }

    FolderSettings withFullScan(Schedule next) {
        return new FolderSettings(id, source, targets, next);
    }
}
