package io.driftless.status;

import io.driftless.event.Commit;
import io.driftless.event.Report;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.status.SystemStatus.TargetChecks;
import io.driftless.status.SystemStatus.TargetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a target is, judged by its newest report and the newest commit of its folder. */
public final class TargetView {
    private TargetView() {}

    /**
     * Where a target is.
     *
     * @param directory empty where that is not known here
     * @param mode {@code mirror} or {@code overlay}; empty where that is not known here
     */
    public record Place(String id, String directory, String mode) {}

    /**
     * The last that was heard of a target.
     *
     * @param at when
     * @param isSilent so long ago that it may be gone
     */
    public record Heard(Report report, Instant at, boolean isSilent) {}

    /** Where nothing was heard of the target, no commit is desired there. */
    public static TargetStatus of(
            Place place, Optional<Heard> heard, Optional<Commit> newest, Instant now) {
        Optional<Report> report = heard.map(Heard::report);
        long seq = report.filter(one -> isOfIncarnation(one, newest)).map(Report::seq).orElse(0L);
        long behind = Math.max(0, newest.map(Commit::seq).orElse(0L) - seq);
        return new TargetStatus(
                place.id(),
                place.directory(),
                place.mode(),
                state(heard, newest),
                seq,
                behind,
                behind == 0 ? 0 : seconds(newest.orElseThrow().time(), now),
                report.map(Report::pending).orElse(0L),
                report.map(Report::deviations).orElse(Map.of()),
                report.flatMap(Report::proven),
                report.map(TargetView::problems).orElse(List.of()),
                report.map(TargetView::checks).orElse(TargetChecks.NONE),
                heard.map(Heard::at));
    }

    /**
     * True where the target stands at the commit, nothing is left to do and no path deviates. An
     * agent that has only begun knows of none before it has looked.
     */
    public static boolean isConverged(Report report, Commit newest) {
        return report.scanned().isPresent()
                && report.incarnation().equals(newest.incarnation())
                && report.seq() == newest.seq()
                && report.root().equals(Optional.of(newest.root()))
                && report.isSettled();
    }

    /** Numbers of different incarnations do not compare. */
    private static boolean isOfIncarnation(Report report, Optional<Commit> newest) {
        return newest.isEmpty() || newest.get().incarnation().equals(report.incarnation());
    }

    private static String state(Optional<Heard> heard, Optional<Commit> newest) {
        if (heard.filter(Heard::isSilent).isPresent()) {
            return TargetStatus.SILENT;
        }
        Optional<Report> report = heard.map(Heard::report);
        if (newest.isPresent()
                && report.filter(one -> isConverged(one, newest.get())).isPresent()) {
            return TargetStatus.CONVERGED;
        }
        return report.filter(one -> !one.deviations().isEmpty()).isPresent()
                ? "deviating"
                : "applying";
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    private static List<Problem> problems(Report report) {
        return report.problems().stream()
                .map(one ->
                        new Problem(one.path(), one.code(), one.message(), one.tries(), one.next()))
                .toList();
    }

    private static TargetChecks checks(Report report) {
        return new TargetChecks(
                report.scanned(),
                report.checks().looked(),
                report.checks().bytesProven(),
                report.checks().drift());
    }
}
