package io.driftless.status;

import io.driftless.error.ErrorCode;
import io.driftless.event.Report;
import io.driftless.path.EntryPath;
import io.driftless.port.ParkedRemovals.ParkedSet;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Removals at the source that were not made at the targets, or what one target holds too much of to
 * be removed unasked. Paths are in printed form.
 *
 * @param id what they are approved or rejected by
 * @param decision one word: {@code waiting}, {@code approved} while the next commit is made, or
 *     {@code rejected}
 * @param code the id of the code that says why they were withheld
 * @param removals rows that are withheld
 * @param entries entries that would go with them, as far as known when they were withheld
 * @param examples a few of their paths
 * @param target the one that holds them; empty where they are removals at the source
 */
public record Parked(
        String id,
        String decision,
        String code,
        long removals,
        long entries,
        Instant since,
        List<String> examples,
        Optional<String> target) {
    /** The word for a set that nobody decided on. */
    public static final String WAITING = "waiting";

    public Parked {
        examples = List.copyOf(examples);
    }

    /** What people are told of a set. */
    public static Parked of(ParkedSet set) {
        return new Parked(
                set.id().value(),
                set.decision().name().toLowerCase(Locale.ROOT),
                ErrorCode.REMOVALS_PARKED.id(),
                set.removals(),
                set.entries(),
                set.since(),
                set.examples().stream().map(EntryPath::toString).toList(),
                Optional.empty());
    }

    /** What people are told of what a target holds; empty where it holds nothing. */
    public static Optional<Parked> of(Report report) {
        return report.checks()
                .held()
                .map(held ->
                        new Parked(
                                held.id().value(),
                                WAITING,
                                ErrorCode.EXTRAS_HELD.id(),
                                held.entries(),
                                held.entries(),
                                report.scanned().or(report::time).orElse(Instant.EPOCH),
                                report.problems().stream()
                                        .filter(one ->
                                                one.code().equals(ErrorCode.EXTRAS_HELD.id()))
                                        .map(Report.Problem::path)
                                        .toList(),
                                Optional.of(report.target().value())));
    }

    /** True where somebody has to decide. */
    public boolean isWaiting() {
        return decision.equals(WAITING);
    }
}
