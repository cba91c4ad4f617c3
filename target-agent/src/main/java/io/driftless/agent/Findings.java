package io.driftless.agent;

import io.driftless.path.EntryPath;
import io.driftless.plan.Drift;
import io.driftless.plan.Drift.Judgement;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Known;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * What some looks at the target came to: what becomes work, what is not remembered any more, and
 * which drift that was. A path that is the same work already is explained by it and no drift.
 */
final class Findings {
    private final AgentContext context;
    private final List<Demand> demands = new ArrayList<>();
    private final Map<EntryPath, Optional<Applied>> looks = new LinkedHashMap<>();
    private final Map<Drift, Long> drift = new EnumMap<>(Drift.class);

    Findings(AgentContext context) {
        this.context = context;
    }

    /** One path: what is known of it, and what is there. */
    record Seen(Known known, Found found) {
        static Seen of(Found found, Optional<Known> known) {
            return new Seen(
                    known.orElseGet(() ->
                            new Known(found.path(), Optional.empty(), Optional.empty(), Set.of())),
                    found);
        }

        EntryPath path() {
            return found.path();
        }

        Optional<Stat> applied() {
            return known.applied().map(Applied::stat);
        }

        Stat stat() {
            return ((Found.Present) found).stat();
        }

        boolean isWork(Kind kind) {
            return known.work().contains(kind);
        }
    }

    void add(Seen seen, Judgement judgement) {
        switch (judgement) {
            case Judgement.None() -> addNone(seen);
            case Judgement.Unreadable() -> demand(seen, false);
            case Judgement.Touched() -> demand(seen, false);
            case Judgement.Drifted(Drift one) -> add(seen, one);
        }
    }

    private void addNone(Seen seen) {
        boolean isGone = seen.found() instanceof Found.Absent;
        if (isGone && seen.known().applied().isPresent()) {
            looks.put(seen.path(), Optional.empty());
        }
    }

    /** A file that was read and holds the desired content, at this stat. */
    void addProven(Seen seen, Entry.FileEntry desired, Stat stat) {
        looks.put(
                seen.path(),
                Optional.of(
                        new Applied(
                                seen.path(),
                                stat,
                                Optional.of(desired.content()),
                                Optional.of(context.now()))));
        Drift.judgeRead(desired, stat, true).ifPresent(one -> add(seen, one));
    }

    /** A file whose bytes are not what was left there; where it cannot even be seen, who knows. */
    void addDamaged(Seen seen) {
        if (seen.found() instanceof Found.Unreadable) {
            looks.put(seen.path(), Optional.empty());
            demand(seen, false);
        } else {
            add(seen, Drift.CONTENT);
        }
    }

    /** A drift of the path, however it was found. */
    void add(Seen seen, Drift one) {
        if (seen.known().applied().isPresent() && isForgotten(seen, one)) {
            looks.put(seen.path(), Optional.empty());
        }
        Kind kind = demand(seen, one == Drift.METADATA);
        if (!seen.isWork(kind)) {
            drift.merge(one, 1L, Long::sum);
        }
    }

    /**
     * What is there is not what was left there. Of a directory that we left and that is to become a
     * file we remember that it is ours.
     */
    private static boolean isForgotten(Seen seen, Drift drift) {
        return switch (drift) {
            case MISSING, CONTENT, PARTIAL -> true;
            case TYPE -> seen.applied().orElseThrow().kind() != seen.stat().kind();
            case EXTRA, METADATA -> false;
        };
    }

    /** The kind of work that the path needs first. */
    private Kind demand(Seen seen, boolean isMetadataOnly) {
        EntryPath path = seen.path();
        demands.add(new Demand(path.parent(), Kind.DIRECTORY_METADATA, false));
        if (seen.known().desired().isEmpty()) {
            boolean isExtra = seen.known().applied().isEmpty();
            long there = seen.found() instanceof Found.Present ? seen.stat().imprint() : 0;
            demands.add(new Demand(path, Kind.REMOVAL, isExtra, there));
            return Kind.REMOVAL;
        }
        if (!(seen.known().desired().get() instanceof Entry.DirectoryEntry)) {
            demands.add(new Demand(path, Kind.CONTENT, false));
            return Kind.CONTENT;
        }
        demands.add(new Demand(path, Kind.DIRECTORY, false));
        demands.add(new Demand(path, Kind.DIRECTORY_METADATA, false));
        return isMetadataOnly ? Kind.DIRECTORY_METADATA : Kind.DIRECTORY;
    }

    /** Remembers it all; how many demands that made. */
    Mono<Long> save() {
        var state = context.ports().state();
        Mono<Void> observed = looks.isEmpty() ? Mono.empty() : state.observe(looks);
        Mono<Void> demanded = demands.isEmpty() ? Mono.empty() : state.demand(demands);
        return observed.then(demanded)
                .then(Mono.fromRunnable(() -> context.counters().drifted(drift)))
                .thenReturn((long) demands.size());
    }
}
