package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything one run of the command line works with.
 *
 * @param stateDirectory absolute; what is remembered between runs
 * @param guards what keeps targets from losing too much
 * @param statusPort where a running system answers on loopback; 0 for any free port
 */
public record RunSettings(
        Path stateDirectory,
        List<FolderSettings> folders,
        StoreSettings store,
        RetentionSettings retention,
        int statusPort,
        GuardSettings guards,
        TargetChecks checks) {

    /** With targets looked at as often as is usual. */
    public RunSettings(
            Path stateDirectory,
            List<FolderSettings> folders,
            StoreSettings store,
            RetentionSettings retention,
            int statusPort,
            GuardSettings guards) {
        this(stateDirectory, folders, store, retention, statusPort, guards, TargetChecks.DEFAULT);
    }

    public RunSettings {
        folders = List.copyOf(folders);
        checkRange("driftless.status-port", statusPort, 0, 65_535);
        if (folders.isEmpty()) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING, "driftless.folders is empty but must name a folder.");
        }
        checkNamesAreUnique(folders);
    }

    static <T extends Comparable<T>> void checkRange(String key, T value, T min, T max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    key + " is " + value + " but must be " + min + " to " + max + ".");
        }
    }

    private static void checkNamesAreUnique(List<FolderSettings> folders) {
        Set<FolderId> folderIds = new HashSet<>();
        Set<TargetId> targetIds = new HashSet<>();
        for (FolderSettings folder : folders) {
            if (!folderIds.add(folder.id())) {
                throw new SyncException(
                        ErrorCode.BAD_SETTING, "Two folders have the id " + folder.id() + ".");
            }
            for (TargetSettings target : folder.targets()) {
                if (!targetIds.add(target.id())) {
                    throw new SyncException(
                            ErrorCode.BAD_SETTING,
                            "Two targets have the name " + target.id() + ".");
                }
            }
        }
    }

    /** The same settings with other folders. */
    public RunSettings withFolders(List<FolderSettings> next) {
        return new RunSettings(stateDirectory, next, store, retention, statusPort, guards, checks);
    }

    /** The same settings with another state directory. */
    public RunSettings withStateDirectory(Path next) {
        return new RunSettings(next, folders, store, retention, statusPort, guards, checks);
    }
}
