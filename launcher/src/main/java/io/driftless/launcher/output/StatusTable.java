package io.driftless.launcher.output;

import io.driftless.status.Parked;
import io.driftless.status.SystemStatus;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.status.SystemStatus.Problem;
import io.driftless.status.SystemStatus.TargetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A running system as indented lines: folders, their targets, what is not as desired. */
final class StatusTable {
    private StatusTable() {}

    static List<String> lines(SystemStatus status) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "driftless %s, process %d, since %s"
                        .formatted(status.driftless(), status.pid(), status.started()));
        status.folders().forEach(folder -> addFolder(folder, lines));
        return lines;
    }

    private static void addFolder(FolderStatus folder, List<String> lines) {
        lines.add(
                "%s  %s, commit %d, %s entries, %s%s"
                        .formatted(
                                named(folder.id(), folder.source()),
                                folder.state(),
                                folder.seq(),
                                Amounts.count(folder.entries()),
                                Amounts.bytes(folder.bytes()),
                                folder.settled() ? "" : "; more was found than is committed"));
        folder.scanned()
                .ifPresent(time ->
                        lines.add(
                                "  last full scan %s, %s since the start; %s entries looked at"
                                        .formatted(
                                                time,
                                                Amounts.count(folder.runs()),
                                                Amounts.count(folder.looked()))));
        folder.nextScan().ifPresent(time -> lines.add("  next full scan " + time));
        if (!folder.skipped().isEmpty()) {
            lines.add("  not carried over as it is: " + counts(folder.skipped()));
        }
        folder.skippedEntries().forEach(problem -> lines.add("    " + ofPath(problem)));
        Stream.concat(folder.problems().stream(), folder.warnings().stream())
                .forEach(problem ->
                        lines.add("  %s %s".formatted(problem.code(), problem.message())));
        folder.parked().forEach(parked -> lines.add("  " + describe(parked)));
        folder.targets().forEach(target -> addTarget(target, lines));
    }

    /** What is not known here is left out. */
    private static String named(String... parts) {
        return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining("  "));
    }

    /** One line on removals that were not made at the targets. */
    static String describe(Parked parked) {
        String what =
                switch (parked.decision()) {
                    case Parked.WAITING -> "wait for approval";
                    case "rejected" -> "are rejected";
                    default -> "are approved";
                };
        return "%s %s %s %s since %s, id %s, %s entries: %s%s"
                .formatted(
                        parked.code(),
                        Amounts.count(parked.removals()),
                        parked.target()
                                .map("entries of target %s that were never put there"::formatted)
                                .orElse("removals"),
                        what,
                        parked.since(),
                        parked.id(),
                        Amounts.count(parked.entries()),
                        String.join(", ", parked.examples()),
                        parked.removals() > parked.examples().size() ? ", …" : "");
    }

    private static void addTarget(TargetStatus target, List<String> lines) {
        lines.add(
                "  %s: %s at commit %d%s%s"
                        .formatted(
                                named(target.id(), target.directory(), target.mode()),
                                target.state(),
                                target.seq(),
                                lag(target),
                                target.pending() > 0
                                        ? ", " + Amounts.count(target.pending()) + " to do"
                                        : ""));
        lines.add("    " + equality(target) + "; " + proofs(target));
        if (!target.checks().drift().isEmpty()) {
            lines.add("    changed by others and found: " + counts(target.checks().drift()));
        }
        if (!target.deviations().isEmpty()) {
            lines.add("    deviations: " + counts(target.deviations()));
        }
        target.problems().forEach(problem -> lines.add("    " + ofPath(problem)));
    }

    private static String ofPath(Problem problem) {
        return "%s %s: %s%s"
                .formatted(problem.code(), problem.path(), problem.message(), tries(problem));
    }

    /** Nothing is given up: what fails is tried again, less and less often. */
    private static String tries(Problem problem) {
        return problem.next()
                .map(next -> " (failed %d times, next try %s)".formatted(problem.tries(), next))
                .orElse("");
    }

    private static String equality(TargetStatus target) {
        if (target.isConverged()) {
            return "equal to the source at commit " + target.seq();
        }
        List<String> reasons = new ArrayList<>();
        if (target.isSilent()) {
            reasons.add(
                    "nothing was heard of it since "
                            + target.reported().map(Instant::toString).orElse("the start"));
        }
        if (target.seq() == 0) {
            reasons.add("no commit was applied yet");
        }
        if (target.behind() > 0) {
            reasons.add(Amounts.count(target.behind()) + " commits behind");
        }
        if (target.pending() > 0) {
            reasons.add(Amounts.count(target.pending()) + " paths to do");
        }
        long deviating = target.deviations().values().stream().mapToLong(Long::longValue).sum();
        if (deviating > 0) {
            reasons.add(Amounts.count(deviating) + " deviating");
        }
        if (reasons.isEmpty()) {
            reasons.add("it is not known to be");
        }
        return "not equal to the source: " + String.join(", ", reasons);
    }

    private static String proofs(TargetStatus target) {
        String metadata =
                target.checks()
                        .scanned()
                        .map(time -> "metadata proven at " + time)
                        .orElse("not scanned yet");
        String content =
                target.proven()
                        .map(time -> "content proven since " + time)
                        .orElse("content not proven of every file");
        return metadata + ", " + content;
    }

    private static String lag(TargetStatus target) {
        if (target.behind() == 0) {
            return "";
        }
        Duration lag = Duration.ofMillis((long) (target.lagSeconds() * 1000));
        return ", %d behind for %s".formatted(target.behind(), Amounts.duration(lag));
    }

    private static String counts(Map<String, Long> counts) {
        return new TreeMap<>(counts)
                .entrySet().stream()
                        .map(one -> Amounts.count(one.getValue()) + " × " + one.getKey())
                        .collect(Collectors.joining(", "));
    }
}
