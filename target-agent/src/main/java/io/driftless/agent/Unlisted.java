package io.driftless.agent;

import io.driftless.error.ErrorCode;
import io.driftless.flow.WorkLoop;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TargetState.Known;
import io.driftless.tree.Entry;
import io.driftless.tree.Listed;
import io.driftless.tree.Listed.Unlistable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Directories of a mirror that could not be listed: nobody knows what is in them that is not
 * desired. They deviate until a scan has listed them. Each start begins with a scan, so none is
 * remembered.
 */
final class Unlisted {
    /** More are not told apart. */
    private static final int MAX = 10_000;

    private static final int TRIED_AT_ONCE = 16;

    private final AgentContext context;
    private final Map<EntryPath, Unlistable> found = new LinkedHashMap<>();
    private Map<EntryPath, Unlistable> last = Map.of();
    private int tries;
    private Instant next = Instant.MIN;

    Unlisted(AgentContext context) {
        this.context = context;
    }

    /** A scan begins. */
    void scanning() {
        found.clear();
    }

    /** What a scan listed: those that are desired. What is itself too much goes, or waits to go. */
    Mono<Void> add(List<Listed> listed) {
        Map<EntryPath, Unlistable> some = new LinkedHashMap<>();
        for (Listed one : listed) {
            if (one instanceof Unlistable unlistable && found.size() + some.size() < MAX) {
                some.put(one.path(), unlistable);
            }
        }
        if (some.isEmpty() || context.mode() != Mode.MIRROR) {
            return Mono.empty();
        }
        return context.ports()
                .state()
                .knownOf(some.keySet())
                .doOnNext(known -> {
                    some.keySet().retainAll(directories(known));
                    found.putAll(some);
                })
                .then();
    }

    private static List<EntryPath> directories(List<Known> known) {
        return known.stream()
                .filter(one ->
                        one.desired().filter(Entry.DirectoryEntry.class::isInstance).isPresent())
                .map(Known::path)
                .toList();
    }

    /** The scan is over. */
    void scanned() {
        if (!last.keySet().equals(found.keySet())) {
            tries = 0;
        }
        last = new LinkedHashMap<>(found);
        tried();
    }

    private void tried() {
        tries++;
        next =
                context.steady()
                        .plus(
                                WorkLoop.backoff(
                                        tries,
                                        context.settings().firstRetry(),
                                        context.settings().longestRetry()));
    }

    /** Those of the last scan. */
    Collection<Unlistable> all() {
        return List.copyOf(last.values());
    }

    /**
     * At rest, less and less often: true where one can be listed now, or is gone: a scan is due.
     */
    Mono<Boolean> isListable() {
        if (last.isEmpty() || context.steady().isBefore(next)) {
            return Mono.just(false);
        }
        return Flux.fromIterable(new ArrayList<>(last.keySet()))
                .take(TRIED_AT_ONCE)
                .concatMap(directory -> context.ports().tree().list(directory), 1)
                .any(listed -> listed.stream().noneMatch(Unlisted::isInTheWay))
                .doOnNext(_ -> tried());
    }

    private static boolean isInTheWay(Listed one) {
        return one instanceof Unlistable there && there.code() != ErrorCode.ENTRY_VANISHED;
    }
}
