package io.driftless.agent;

import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Known;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Listed;
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Compares the whole target with what is known of it, by stat. What differs becomes ordinary work;
 * nothing is changed here.
 */
final class TargetScan {
    private final AgentContext context;

    TargetScan(AgentContext context) {
        this.context = context;
    }

    /** Scans; emits how many demands that made. */
    Mono<Long> run() {
        return Flux.defer(
                        () -> {
                            AtomicReference<Optional<EntryPath>> cursor =
                                    new AtomicReference<>(Optional.empty());
                            Flux<Long> walked =
                                    context.ports()
                                            .tree()
                                            .walk(EntryPath.ROOT, Optional.empty())
                                            .buffer(context.settings().batchEntries())
                                            .concatMap(listed -> {
                                                EntryPath last = listed.getLast().path();
                                                return compare(
                                                        cursor.getAndSet(Optional.of(last)),
                                                        Optional.of(last),
                                                        names(listed));
                                            });
                            return walked.concatWith(
                                    Flux.defer(() ->
                                            compare(cursor.get(), Optional.empty(), List.of())));
                        })
                .reduce(0L, Long::sum);
    }

    /** Of what cannot be listed the known paths are looked at all the same. */
    private static List<EntryPath> names(List<Listed> listed) {
        return listed.stream().filter(Listed.Name.class::isInstance).map(Listed::path).toList();
    }

    private Flux<Long> compare(
            Optional<EntryPath> after, Optional<EntryPath> through, List<EntryPath> names) {
        int limit = 2 * context.settings().batchEntries();
        return context.ports()
                .state()
                .known(after, limit)
                .flatMapMany(all -> {
                    List<Known> known =
                            all.stream()
                                    .filter(one ->
                                            through.isEmpty()
                                                    || one.path().compareTo(through.get()) <= 0)
                                    .toList();
                    boolean isAll = known.size() < limit;
                    if (isAll) {
                        return look(known, names).flux();
                    }
                    EntryPath edge = known.getLast().path();
                    List<EntryPath> first =
                            names.stream().filter(path -> path.compareTo(edge) <= 0).toList();
                    List<EntryPath> rest =
                            names.stream().filter(path -> path.compareTo(edge) > 0).toList();
                    return look(known, first)
                            .flux()
                            .concatWith(
                                    Flux.defer(() -> compare(Optional.of(edge), through, rest)));
                });
    }

    private Mono<Long> look(List<Known> known, List<EntryPath> names) {
        Map<EntryPath, Known> byPath = new HashMap<>();
        Set<EntryPath> paths = new LinkedHashSet<>(names);
        for (Known one : known) {
            byPath.put(one.path(), one);
            paths.add(one.path());
        }
        return context.ports()
                .tree()
                .look(List.copyOf(paths))
                .flatMap(found -> demand(found, byPath));
    }

    private Mono<Long> demand(List<Found> found, Map<EntryPath, Known> byPath) {
        List<Demand> demands = new ArrayList<>();
        Map<EntryPath, Optional<Applied>> lost = new LinkedHashMap<>();
        for (Found one : found) {
            judge(one, Optional.ofNullable(byPath.get(one.path())), demands, lost);
        }
        Mono<Void> observed = lost.isEmpty() ? Mono.empty() : context.ports().state().observe(lost);
        Mono<Void> demanded =
                demands.isEmpty() ? Mono.empty() : context.ports().state().demand(demands);
        return observed.then(demanded).thenReturn((long) demands.size());
    }

    private void judge(
            Found found,
            Optional<Known> known,
            List<Demand> demands,
            Map<EntryPath, Optional<Applied>> lost) {
        Optional<Entry> desired = known.flatMap(Known::desired);
        Optional<Applied> applied = known.flatMap(Known::applied);
        if (desired.isEmpty()) {
            judgeExtra(found, applied, demands, lost);
            return;
        }
        boolean isAsApplied =
                found instanceof Found.Present present
                        && present.stat().kind() == kindOf(desired.get())
                        && applied.filter(one -> isSame(present.stat(), one.stat())).isPresent();
        if (isAsApplied) {
            return;
        }
        EntryPath path = found.path();
        if (found instanceof Found.Absent && applied.isPresent()) {
            lost.put(path, Optional.empty());
        }
        if (desired.get() instanceof Entry.DirectoryEntry) {
            demands.add(new Demand(path, Kind.DIRECTORY, false));
            demands.add(new Demand(path, Kind.DIRECTORY_METADATA, false));
        } else {
            demands.add(new Demand(path, Kind.CONTENT, false));
        }
        demands.add(new Demand(path.parent(), Kind.DIRECTORY_METADATA, false));
    }

    private static Stat.Kind kindOf(Entry entry) {
        return switch (entry) {
            case Entry.FileEntry _ -> Stat.Kind.FILE;
            case Entry.DirectoryEntry _ -> Stat.Kind.DIRECTORY;
            case Entry.SymlinkEntry _ -> Stat.Kind.SYMLINK;
        };
    }

    /** In overlay, directory times change with what others put there. */
    private boolean isSame(Stat actual, Stat applied) {
        if (actual.kind() == Stat.Kind.DIRECTORY && context.mode() == Mode.OVERLAY) {
            return applied.kind() == Stat.Kind.DIRECTORY
                    && actual.metadata().mode() == applied.metadata().mode()
                    && actual.metadata().uid() == applied.metadata().uid()
                    && actual.metadata().gid() == applied.metadata().gid();
        }
        if (actual.kind() == Stat.Kind.DIRECTORY) {
            return applied.kind() == Stat.Kind.DIRECTORY
                    && actual.metadata().equals(applied.metadata());
        }
        return actual.isSameTuple(applied);
    }

    private void judgeExtra(
            Found found,
            Optional<Applied> applied,
            List<Demand> demands,
            Map<EntryPath, Optional<Applied>> lost) {
        if (found instanceof Found.Present && context.mode() == Mode.MIRROR) {
            demands.add(new Demand(found.path(), Kind.REMOVAL, applied.isEmpty()));
            demands.add(new Demand(found.path().parent(), Kind.DIRECTORY_METADATA, false));
        } else if (found instanceof Found.Absent && applied.isPresent()) {
            lost.put(found.path(), Optional.empty());
        }
    }
}
