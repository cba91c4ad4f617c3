package io.driftless.launcher.local;

import io.driftless.error.ErrorCode;
import io.driftless.event.Commit;
import io.driftless.event.Report;
import io.driftless.launcher.engine.Parked;
import io.driftless.launcher.engine.SystemStatus;
import io.driftless.launcher.engine.SystemStatus.FolderStatus;
import io.driftless.launcher.engine.SystemStatus.Problem;
import io.driftless.launcher.engine.SystemStatus.TargetChecks;
import io.driftless.launcher.engine.SystemStatus.TargetStatus;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Puts together what is known of a running engine for a person who asks. */
final class StatusReport {
    private final List<LocalFolder> folders;
    private final Instant started;

    StatusReport(List<LocalFolder> folders, Instant started) {
        this.folders = List.copyOf(folders);
        this.started = started;
    }

    SystemStatus now() {
        String version =
                Optional.ofNullable(StatusReport.class.getPackage().getImplementationVersion())
                        .orElse("development");
        return new SystemStatus(
                version,
                ProcessHandle.current().pid(),
                started,
                folders.stream().map(StatusReport::folder).toList());
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
                folder.skipped().stream()
                        .collect(
                                Collectors.toMap(
                                        tally -> tally.code().id(), Tally::rows, Long::sum)),
                parked(folder),
                folder.troubles().stream()
                        .map(trouble ->
                                new Problem(
                                        ".",
                                        trouble.code().id(),
                                        String.valueOf(trouble.getMessage())))
                        .toList(),
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
        return folder.parked().stream()
                .map(set ->
                        new Parked(
                                set.id().value(),
                                set.decision().name().toLowerCase(Locale.ROOT),
                                ErrorCode.REMOVALS_PARKED.id(),
                                set.removals(),
                                set.entries(),
                                set.since(),
                                set.examples().stream().map(EntryPath::toString).toList()))
                .toList();
    }

    private static TargetStatus target(LocalTarget target, Optional<Commit> newest) {
        Optional<Report> report = target.report();
        long seq = report.map(Report::seq).orElse(0L);
        long behind = Math.max(0, newest.map(Commit::seq).orElse(0L) - seq);
        double lag =
                behind == 0
                        ? 0
                        : Duration.between(newest.orElseThrow().time(), Instant.now()).toMillis()
                                / 1000.0;
        return new TargetStatus(
                target.settings().id().value(),
                target.settings().directory().toString(),
                target.settings().mode().name().toLowerCase(Locale.ROOT),
                state(report, target.isConverged(newest)),
                seq,
                behind,
                lag,
                report.map(Report::pending).orElse(0L),
                report.map(Report::deviations).orElse(Map.of()),
                report.flatMap(Report::proven),
                report.map(one ->
                                one.problems().stream()
                                        .map(problem ->
                                                new Problem(
                                                        problem.path(),
                                                        problem.code(),
                                                        problem.message()))
                                        .toList())
                        .orElse(List.of()),
                report.map(StatusReport::checks).orElse(TargetChecks.NONE));
    }

    private static TargetChecks checks(Report report) {
        return new TargetChecks(
                report.scanned(),
                report.checks().looked(),
                report.checks().bytesProven(),
                report.checks().drift());
    }

    private static String state(Optional<Report> report, boolean isConverged) {
        if (isConverged) {
            return "converged";
        }
        return report.filter(one -> !one.deviations().isEmpty()).isPresent()
                ? "deviating"
                : "applying";
    }
}
