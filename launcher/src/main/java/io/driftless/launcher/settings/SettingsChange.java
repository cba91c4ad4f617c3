package io.driftless.launcher.settings;

import io.driftless.reconciler.Schedule;
import io.driftless.tree.FolderId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What other settings mean for a system that runs.
 *
 * @param schedules full scans that come by another schedule from now on; only of folders that run
 * @param restart the keys of what a running system cannot take over, each as a whole
 */
public record SettingsChange(Map<FolderId, Schedule> schedules, List<String> restart) {
    private static final String KEY = "driftless.";

    public SettingsChange {
        schedules = Map.copyOf(schedules);
        restart = List.copyOf(restart);
    }

    public boolean isNone() {
        return schedules.isEmpty() && restart.isEmpty();
    }

    /**
     * Both as they were settled, before directories were looked at.
     *
     * @param running what the system was started with
     * @param inForce the schedules that it goes by now
     */
    public static SettingsChange between(
            RunSettings running, Map<FolderId, Schedule> inForce, RunSettings wanted) {
        Map<FolderId, Schedule> schedules = schedulesOf(wanted);
        schedules.keySet().retainAll(inForce.keySet());
        schedules.entrySet().removeAll(inForce.entrySet());
        return new SettingsChange(schedules, restart(running, wanted));
    }

    /** When the source of each folder is scanned in full. */
    public static Map<FolderId, Schedule> schedulesOf(RunSettings settings) {
        return settings.folders().stream()
                .collect(
                        Collectors.toMap(
                                FolderSettings::id,
                                FolderSettings::fullScan,
                                (one, _) -> one,
                                HashMap::new));
    }

    private static List<String> restart(RunSettings running, RunSettings wanted) {
        Map<String, Function<RunSettings, Object>> parts =
                Map.of(
                        "state", RunSettings::stateDirectory,
                        "store", RunSettings::store,
                        "retention", RunSettings::retention,
                        "status-port", RunSettings::statusPort,
                        "removals", RunSettings::guards,
                        "target-scan", settings -> settings.checks().scanEvery(),
                        "scrub", settings -> settings.checks().scrubBytesPerHour());
        List<String> differing = new ArrayList<>();
        parts.forEach((name, part) -> {
            if (!part.apply(running).equals(part.apply(wanted))) {
                differing.add(KEY + name);
            }
        });
        differing.sort(null);
        differing.addAll(folders(running, wanted));
        return differing;
    }

    private static List<String> folders(RunSettings running, RunSettings wanted) {
        List<String> differing = new ArrayList<>();
        for (FolderSettings folder : wanted.folders()) {
            if (!find(running, folder.id()).filter(one -> isSame(one, folder)).isPresent()) {
                differing.add(KEY + "folders: " + folder.id());
            }
        }
        for (FolderSettings folder : running.folders()) {
            if (find(wanted, folder.id()).isEmpty()) {
                differing.add(KEY + "folders: " + folder.id());
            }
        }
        return differing;
    }

    private static Optional<FolderSettings> find(RunSettings settings, FolderId id) {
        return settings.folders().stream().filter(folder -> folder.id().equals(id)).findFirst();
    }

    private static boolean isSame(FolderSettings one, FolderSettings other) {
        return one.withFullScan(other.fullScan()).equals(other);
    }
}
