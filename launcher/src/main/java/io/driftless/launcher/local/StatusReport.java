package io.driftless.launcher.local;

import io.driftless.adapter.http.ThisProcess;
import io.driftless.event.Commit;
import io.driftless.launcher.settings.TargetSettings;
import io.driftless.status.Parked;
import io.driftless.status.SystemStatus;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.status.SystemStatus.TargetStatus;
import io.driftless.status.TargetView;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Puts together what is known of a running engine for a person who asks. */
final class StatusReport {
    private final List<LocalFolder> folders;
    private final Instant started;

    StatusReport(List<LocalFolder> folders, Instant started) {
        this.folders = List.copyOf(folders);
        this.started = started;
    }

    SystemStatus now() {
        return ThisProcess.status(started, folders.stream().map(StatusReport::folder).toList());
    }

    private static FolderStatus folder(LocalFolder folder) {
        Optional<Commit> newest = folder.newest();
        return new FolderStatus(
                folder.settings().id().value(),
                folder.settings().source().toString(),
                state(folder),
                folder.isSettled(),
                newest.map(Commit::seq).orElse(0L),
                newest.map(commit -> commit.summary().entries()).orElse(0L),
                newest.map(commit -> commit.summary().bytes()).orElse(0L),
                folder.scanned(),
                folder.nextScan(),
                folder.runs(),
                folder.looked(),
                FolderStatus.skipped(folder.skipped()),
                folder.skippedEntries(),
                parked(folder),
                folder.troubles().stream().map(Problem::ofAll).toList(),
                List.of(), // there is one clock in one process
                folder.targets().stream().map(target -> target(target, newest)).toList());
    }

    private static String state(LocalFolder folder) {
        if (folder.rootLost().isPresent()) {
            return "root-lost";
        }
        boolean isScanning = folder.lastRun().filter(run -> run.ended().isPresent()).isEmpty();
        if (isScanning) {
            return "scanning";
        }
        return folder.isWatchDegraded() ? "degraded-watch" : "watching";
    }

    static List<Parked> parked(LocalFolder folder) {
        return Stream.concat(
                        folder.parked().stream().map(Parked::of),
                        folder.targets().stream()
                                .flatMap(target -> target.report().stream())
                                .flatMap(report -> Parked.of(report).stream()))
                .toList();
    }

    private static TargetStatus target(LocalTarget target, Optional<Commit> newest) {
        TargetSettings settings = target.settings();
        return TargetView.of(
                new TargetView.Place(
                        settings.id().value(),
                        settings.directory().toString(),
                        settings.mode().name().toLowerCase(Locale.ROOT)),
                target.heard(),
                newest,
                Instant.now());
    }
}
