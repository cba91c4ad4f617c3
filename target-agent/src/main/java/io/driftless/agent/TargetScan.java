package io.driftless.agent;

import io.driftless.agent.Findings.Seen;
import io.driftless.path.EntryPath;
import io.driftless.plan.Drift;
import io.driftless.plan.Drift.Judgement;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Known;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Compares the target with what is known of it, by stat; only files that somebody touched are read.
 * What differs becomes ordinary work; nothing is changed here.
 */
final class TargetScan {
    /** Where everything is read, other work comes in between sooner. */
    private static final int READ_TOGETHER = 64;

    private final AgentContext context;
    private final ContentReading reading;
    private final Unlisted unlisted;

    TargetScan(AgentContext context, Unlisted unlisted) {
        this.context = context;
        this.unlisted = unlisted;
        this.reading = new ContentReading(context);
    }

    /** How a scan is made. */
    enum Depth {
        /** By stat. */
        STAT,
        /** Every file is read. */
        CONTENT
    }

    /**
     * Scans it all; emits how many paths were looked at.
     *
     * @param beside what is done after each piece of the scan, before the next one
     */
    Mono<Long> run(Depth depth, Mono<Void> beside) {
        int together = depth == Depth.STAT ? context.settings().batchEntries() : READ_TOGETHER;
        return Flux.defer(
                        () -> {
                            AtomicReference<Optional<EntryPath>> cursor =
                                    new AtomicReference<>(Optional.empty());
                            Flux<Long> walked =
                                    context.ports()
                                            .tree()
                                            .walk(EntryPath.ROOT, Optional.empty())
                                            .buffer(together)
                                            .concatMap(
                                                    listed ->
                                                            piece(depth, cursor, listed)
                                                                    .concatWith(
                                                                            beside.then(
                                                                                    Mono.empty())),
                                                    1);
                            return walked.concatWith(
                                    Flux.defer(() ->
                                            compare(
                                                    depth,
                                                    new Range(
                                                            cursor.get(),
                                                            Optional.empty(),
                                                            List.of()))));
                        })
                .reduce(0L, Long::sum);
    }

    /** The paths after one, up to another one, and those of them that were listed. */
    private record Range(
            Optional<EntryPath> after, Optional<EntryPath> through, List<EntryPath> names) {
        boolean reaches(EntryPath path) {
            return through.isEmpty() || path.compareTo(through.get()) <= 0;
        }

        List<EntryPath> namesUpTo(EntryPath edge) {
            return names.stream().filter(path -> path.compareTo(edge) <= 0).toList();
        }

        Range startingAfter(EntryPath edge) {
            var rest = names.stream().filter(path -> path.compareTo(edge) > 0);
            return new Range(Optional.of(edge), through, rest.toList());
        }
    }

    private Flux<Long> piece(
            Depth depth, AtomicReference<Optional<EntryPath>> cursor, List<Listed> listed) {
        Optional<EntryPath> last = Optional.of(listed.getLast().path());
        return unlisted.add(listed)
                .thenMany(
                        Flux.defer(() ->
                                compare(
                                        depth,
                                        new Range(cursor.getAndSet(last), last, names(listed)))));
    }

    /** Of what cannot be listed the known paths are looked at all the same. */
    private static List<EntryPath> names(List<Listed> listed) {
        return listed.stream().filter(Listed.Name.class::isInstance).map(Listed::path).toList();
    }

    /** Page by page, so that what is known does not have to fit in memory. */
    private Flux<Long> compare(Depth depth, Range range) {
        return page(range)
                .expand(page -> Mono.justOrEmpty(page.rest()).flatMap(this::page))
                .concatMap(page -> look(depth, page.known(), page.names()), 0);
    }

    /**
     * What is known in a range that is no longer than a page, and what was listed there.
     *
     * @param rest what comes after it
     */
    private record Page(List<Known> known, List<EntryPath> names, Optional<Range> rest) {}

    private Mono<Page> page(Range range) {
        int limit = 2 * context.settings().batchEntries();
        return context.ports()
                .state()
                .known(range.after(), limit)
                .map(all -> all.stream().filter(one -> range.reaches(one.path())).toList())
                .map(known -> {
                    if (known.size() < limit) {
                        return new Page(known, range.names(), Optional.empty());
                    }
                    EntryPath edge = known.getLast().path();
                    return new Page(
                            known, range.namesUpTo(edge), Optional.of(range.startingAfter(edge)));
                });
    }

    /** Compares single paths, as a scan does. */
    Mono<Void> look(List<EntryPath> paths) {
        return context.ports()
                .state()
                .knownOf(paths)
                .flatMap(known -> look(Depth.STAT, known, paths))
                .then();
    }

    /**
     * The bytes at a path were read and are not what was left there, or cannot be read, whatever
     * its stat says.
     */
    Mono<Void> damaged(EntryPath path) {
        Findings findings = new Findings(context);
        return context.ports()
                .state()
                .knownOf(List.of(path))
                .zipWith(context.ports().tree().look(List.of(path)))
                .flatMap(both -> {
                    both.getT1()
                            .forEach(known ->
                                    findings.addDamaged(new Seen(known, both.getT2().getFirst())));
                    return findings.save();
                })
                .then();
    }

    /** Emits how many paths were looked at. */
    private Mono<Long> look(Depth depth, List<Known> known, List<EntryPath> names) {
        Map<EntryPath, Known> byPath = new HashMap<>();
        Set<EntryPath> paths = new LinkedHashSet<>(names);
        for (Known one : known) {
            byPath.put(one.path(), one);
            paths.add(one.path());
        }
        return context.ports()
                .tree()
                .look(List.copyOf(paths))
                .flatMap(found -> judge(depth, seen(found, byPath)))
                .thenReturn((long) paths.size());
    }

    private static List<Seen> seen(List<Found> found, Map<EntryPath, Known> byPath) {
        return found.stream()
                .map(one -> Seen.of(one, Optional.ofNullable(byPath.get(one.path()))))
                .toList();
    }

    private Mono<Long> judge(Depth depth, List<Seen> all) {
        Findings findings = new Findings(context);
        List<Seen> toRead = new ArrayList<>();
        for (Seen seen : all) {
            Judgement judgement =
                    Drift.judge(
                            context.mode(), seen.known().desired(), seen.applied(), seen.found());
            if (isToBeRead(depth, seen, judgement)) {
                toRead.add(seen);
            } else {
                findings.add(seen, judgement);
            }
        }
        return Flux.fromIterable(toRead)
                .concatMap(seen -> read(seen, findings), 1)
                .then(Mono.defer(findings::save));
    }

    /** What is work already is read when it is done. */
    private static boolean isToBeRead(Depth depth, Seen seen, Judgement judgement) {
        boolean isAsked =
                switch (judgement) {
                    case Judgement.Touched() -> true;
                    case Judgement.None() ->
                            depth == Depth.CONTENT && seen.found() instanceof Found.Present;
                    case Judgement.Drifted _, Judgement.Unreadable _ -> false;
                };
        return isAsked
                && !seen.isWork(Kind.CONTENT)
                && seen.known().desired().filter(Entry.FileEntry.class::isInstance).isPresent();
    }

    private Mono<Void> read(Seen seen, Findings findings) {
        Entry.FileEntry desired = (Entry.FileEntry) seen.known().desired().orElseThrow();
        return reading.holds(seen.path(), desired.content().id())
                .doOnNext(held -> {
                    Optional<Stat> stat = held.filter(seen.stat()::isSameTuple);
                    if (stat.isPresent()) {
                        findings.addProven(seen, desired, stat.get());
                    } else {
                        findings.add(seen, Drift.CONTENT);
                    }
                })
                .then();
    }
}
