package io.driftless.adapter.codec;

import io.driftless.block.PageHash;
import io.driftless.event.Report;
import io.driftless.guard.ApprovalId;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

record ReportRecord(
        @Nullable String target,
        @Nullable String folder,
        @Nullable String incarnation,
        @Nullable Long seq,
        @Nullable String root,
        @Nullable Map<String, Long> deviations,
        @Nullable Long pending,
        @Nullable String scanned,
        @Nullable String proven,
        @Nullable Long scan,
        @Nullable Long resync,
        @Nullable Long retry,
        @Nullable Totals totals,
        @Nullable List<Problem> problems,
        @Nullable Checks checks,
        @Nullable List<String> doubted,
        @Nullable String time)
        implements EventRecord {
    record Totals(
            @Nullable Long entriesApplied,
            @Nullable Long bytesWritten,
            @Nullable Long bytesFetched) {}

    /** Later than the rest of the form, so it may be missing. */
    record Checks(
            @Nullable Map<String, Long> drift,
            @Nullable Long looked,
            @Nullable Long bytesProven,
            @Nullable Held held) {}

    record Held(@Nullable String id, @Nullable Long entries) {}

    /** The last two are later than the rest of the form, so they may be missing. */
    record Problem(
            @Nullable String path,
            @Nullable String code,
            @Nullable String message,
            @Nullable Integer tries,
            @Nullable String next) {}

    static ReportRecord of(Report report) {
        return new ReportRecord(
                report.target().value(),
                report.folder().value(),
                report.incarnation().toString(),
                report.seq(),
                EventRecord.print(report.root()),
                new TreeMap<>(report.deviations()),
                report.pending(),
                EventRecord.print(report.scanned()),
                EventRecord.print(report.proven()),
                report.scan(),
                report.resync(),
                report.retry(),
                new Totals(
                        report.totals().entriesApplied(),
                        report.totals().bytesWritten(),
                        report.totals().bytesFetched()),
                report.problems().stream().map(ReportRecord::write).toList(),
                write(report.checks()),
                report.doubted().isEmpty()
                        ? null
                        : report.doubted().stream().map(UUID::toString).sorted().toList(),
                EventRecord.print(report.time()));
    }

    private static Problem write(Report.Problem problem) {
        return new Problem(
                problem.path(),
                problem.code(),
                problem.message(),
                problem.tries() == 0 ? null : problem.tries(),
                EventRecord.print(problem.next()));
    }

    private static @Nullable Checks write(Report.Checks checks) {
        return checks.equals(Report.Checks.NONE)
                ? null
                : new Checks(
                        new TreeMap<>(checks.drift()),
                        checks.looked(),
                        checks.bytesProven(),
                        checks.held()
                                .map(held -> new Held(held.id().value(), held.entries()))
                                .orElse(null));
    }

    @Override
    public Report toEvent() {
        return new Report(
                new TargetId(EventRecord.required(target, "target")),
                new FolderId(EventRecord.required(folder, "folder")),
                EventRecord.uuid(incarnation, "incarnation"),
                EventRecord.required(seq, "seq"),
                Optional.ofNullable(root).map(PageHash::parse),
                counts(deviations, "deviations"),
                EventRecord.required(pending, "pending"),
                Optional.ofNullable(scanned).map(Instant::parse),
                Optional.ofNullable(proven).map(Instant::parse),
                EventRecord.required(scan, "scan"),
                EventRecord.required(resync, "resync"),
                EventRecord.required(retry, "retry"),
                readTotals(),
                EventRecord.items(problems, "problems").stream()
                        .map(ReportRecord::readProblem)
                        .toList(),
                Optional.ofNullable(checks)
                        .map(ReportRecord::readChecks)
                        .orElse(Report.Checks.NONE),
                readDoubted(),
                Optional.ofNullable(time).map(Instant::parse));
    }

    /** Later than the rest of the form, so it may be missing. */
    private Set<UUID> readDoubted() {
        return doubted == null
                ? Set.of()
                : EventRecord.items(doubted, "doubted").stream()
                        .map(id -> EventRecord.uuid(id, "doubted"))
                        .collect(Collectors.toSet());
    }

    private static Map<String, Long> counts(@Nullable Map<String, Long> found, String name) {
        Map<String, Long> counts = EventRecord.required(found, name);
        counts.values().forEach(count -> EventRecord.required(count, name));
        return counts;
    }

    private static Report.Checks readChecks(Checks checks) {
        return new Report.Checks(
                counts(checks.drift(), "drift"),
                EventRecord.required(checks.looked(), "looked"),
                EventRecord.required(checks.bytesProven(), "bytesProven"),
                Optional.ofNullable(checks.held()).map(ReportRecord::readHeld));
    }

    private static Report.Held readHeld(Held held) {
        return new Report.Held(
                new ApprovalId(EventRecord.required(held.id(), "id")),
                EventRecord.required(held.entries(), "entries"));
    }

    private Report.Totals readTotals() {
        Totals sums = EventRecord.required(totals, "totals");
        return new Report.Totals(
                EventRecord.required(sums.entriesApplied(), "entriesApplied"),
                EventRecord.required(sums.bytesWritten(), "bytesWritten"),
                EventRecord.required(sums.bytesFetched(), "bytesFetched"));
    }

    private static Report.Problem readProblem(Problem problem) {
        return new Report.Problem(
                EventRecord.required(problem.path(), "path"),
                EventRecord.required(problem.code(), "code"),
                EventRecord.required(problem.message(), "message"),
                Optional.ofNullable(problem.tries()).orElse(0),
                Optional.ofNullable(problem.next()).map(Instant::parse));
    }
}
