package io.driftless.testkit.simulation;

import io.driftless.testkit.simulation.Simulation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What many runs had in them, so that nobody takes runs in which nothing happened for a proof. */
final class Distribution {
    private final List<Outcome> outcomes = new ArrayList<>();

    void add(Outcome outcome) {
        outcomes.add(outcome);
    }

    /** Least, median and most. */
    @Override
    public String toString() {
        Map<String, Integer> kinds = new TreeMap<>();
        outcomes.forEach(outcome ->
                outcome.mishaps().forEach((kind, count) -> kinds.merge(kind, count, Integer::sum)));
        return "%d seeds; a seed: edits %s, mishaps %s, converged after %s s; in all: %s"
                .formatted(
                        outcomes.size(),
                        spread(Outcome::edits),
                        spread(Distribution::mishaps),
                        spread(outcome -> outcome.convergedAfter().toSeconds()),
                        kinds);
    }

    private static long mishaps(Outcome outcome) {
        return outcome.mishaps().values().stream().mapToLong(Integer::longValue).sum();
    }

    private String spread(ToLongFunction<Outcome> value) {
        long[] sorted = outcomes.stream().mapToLong(value).sorted().toArray();
        return "%d/%d/%d"
                .formatted(sorted[0], sorted[sorted.length / 2], sorted[sorted.length - 1]);
    }
}
