package io.driftless.reconciler;

import io.driftless.event.Report;
import io.driftless.port.GarbageIndex.Heard;
import io.driftless.port.TargetState.Requests;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The newest report of each target of a folder. Safe for several threads. */
final class TargetReports {
    /** An agent says something every minute, less often while it carries over a huge file. */
    private static final Duration SILENT_AFTER = Duration.ofMinutes(5);

    private final Map<TargetId, Come> newest = new ConcurrentHashMap<>();

    /**
     * @param at when it came, which no clock of another machine tells
     */
    private record Come(Report report, Instant at) {}

    /**
     * Remembers it; true where it is news: a target that says every minute that it lacks something
     * is not looked after every minute.
     */
    boolean learn(Report report, Instant now) {
        Optional<Come> before =
                Optional.ofNullable(newest.put(report.target(), new Come(report, now)));
        return !report.saysTheSameAs(before.map(Come::report));
    }

    List<Heard> heard() {
        return newest.values().stream()
                .map(Come::report)
                .map(report ->
                        new Heard(
                                report.target(), report.incarnation(), report.seq(), left(report)))
                .toList();
    }

    private static long left(Report report) {
        return report.pending()
                + report.deviations().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Packs that some target doubts. */
    Set<UUID> doubted() {
        return newest.values().stream()
                .flatMap(come -> come.report().doubted().stream())
                .collect(Collectors.toSet());
    }

    /** What each target did of its orders. */
    Map<TargetId, Requests> done() {
        Map<TargetId, Requests> done = new HashMap<>();
        newest.forEach((target, come) -> done.put(target, done(come.report())));
        return done;
    }

    private static Requests done(Report report) {
        return new Requests(report.scan(), report.resync(), report.retry());
    }

    /** Those that are not silent, first those that hold everything, each kind by name. */
    List<TargetId> askable(Instant now) {
        return newest.values().stream()
                .filter(come -> now.isBefore(come.at().plus(SILENT_AFTER)))
                .map(Come::report)
                .sorted(
                        Comparator.comparing((Report report) -> !report.isSettled())
                                .thenComparing(report -> report.target().value()))
                .map(Report::target)
                .toList();
    }
}
