package io.driftless.transfer;

import io.driftless.change.Change;
import io.driftless.change.Closure;
import io.driftless.event.Hint;
import io.driftless.guard.RemovalGuard.Rest;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Taken;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Closes chosen rows to a valid tree: answers the questions of {@link Closure} from the database.
 */
final class CommitTree {
    private final TransferContext context;

    CommitTree(TransferContext context) {
        this.context = context;
    }

    /**
     * What is to be committed.
     *
     * @param changes in path order; they lead from the committed tree to a valid one
     * @param taken the rows that are settled by it
     * @param removed the committed entries that are taken out
     * @param later what later changes take out, of chosen rows that are too much for one
     */
    record Closed(List<Change> changes, List<Taken> taken, List<Entry> removed, List<Rest> later) {
        boolean isEmpty() {
            return changes.isEmpty() && taken.isEmpty();
        }

        List<Entry> puts() {
            return changes.stream()
                    .filter(Change.Put.class::isInstance)
                    .map(change -> ((Change.Put) change).entry())
                    .toList();
        }

        List<EntryPath> removals() {
            return changes.stream()
                    .filter(Change.Remove.class::isInstance)
                    .map(Change::path)
                    .toList();
        }
    }

    Mono<Closed> close(Map<EntryPath, Row> chosen) {
        return Mono.defer(() -> {
            Map<EntryPath, Row> rows = new HashMap<>(chosen);
            Map<EntryPath, Entry> before = new HashMap<>();
            Closure closure =
                    new Closure(chosen.values().stream().map(CommitTree::change).toList());
            return answer(closure, rows, before)
                    .then(Mono.fromCallable(closure::closed))
                    .delayUntil(closed -> context.look(closed.lookAgain(), Hint.Origin.TRANSFER))
                    .flatMap(closed ->
                            rests(closed, rows)
                                    .map(rests ->
                                            closed(
                                                    closed,
                                                    taken(closed, chosen.keySet(), rows),
                                                    before,
                                                    rests)));
        });
    }

    private static Change change(Row row) {
        return row.entry()
                .<Change>map(Change.Put::new)
                .orElseGet(() -> new Change.Remove(row.path()));
    }

    /**
     * @param before gets what is committed at the paths that the closure asks for
     */
    private Mono<Void> answer(
            Closure closure, Map<EntryPath, Row> rows, Map<EntryPath, Entry> before) {
        Closure.Needs needs = closure.needs();
        if (needs.isEmpty()) {
            return Mono.empty();
        }
        return committed(closure, needs.committed(), before)
                .then(Mono.defer(() -> observed(closure, needs.observed(), rows)))
                .then(Mono.defer(() -> subtrees(closure, needs.subtrees(), before)))
                .then(Mono.defer(() -> answer(closure, rows, before)));
    }

    private Mono<Void> committed(
            Closure closure, Set<EntryPath> paths, Map<EntryPath, Entry> before) {
        if (paths.isEmpty()) {
            return Mono.empty();
        }
        return context.ports()
                .commits()
                .committed(context.folder().id(), paths)
                .doOnNext(found -> found.forEach(entry -> before.put(entry.path(), entry)))
                .doOnNext(found -> closure.answerCommitted(paths, found))
                .then();
    }

    private Mono<Void> observed(Closure closure, Set<EntryPath> paths, Map<EntryPath, Row> rows) {
        if (paths.isEmpty()) {
            return Mono.empty();
        }
        return context.ports()
                .index()
                .rows(context.folder().id(), paths)
                .doOnNext(found -> {
                    found.forEach(row -> rows.putIfAbsent(row.path(), row));
                    closure.answerObserved(
                            paths, found.stream().flatMap(CommitTree::directory).toList());
                })
                .then();
    }

    private static Stream<DirectoryEntry> directory(Row row) {
        return row.entry().stream()
                .filter(_ -> !(row.state() instanceof State.Waiting))
                .filter(DirectoryEntry.class::isInstance)
                .map(DirectoryEntry.class::cast);
    }

    private Mono<Void> subtrees(
            Closure closure, Set<EntryPath> directories, Map<EntryPath, Entry> before) {
        return Flux.fromIterable(directories)
                .concatMap(directory -> subtree(closure, directory, before))
                .then();
    }

    /** As much of it as a commit has room for. */
    private Mono<Void> subtree(Closure closure, EntryPath directory, Map<EntryPath, Entry> before) {
        int room = context.settings().maxCommitRows() - closure.sizeBelow();
        if (room <= 0) {
            closure.answerBelow(directory, List.of(), false);
            return Mono.empty();
        }
        return context.ports()
                .commits()
                .lastBelow(context.folder().id(), directory, 1 + room)
                .doOnNext(last -> {
                    List<Entry> going = last.subList(0, Math.min(room, last.size()));
                    going.forEach(entry -> before.put(entry.path(), entry));
                    closure.answerBelow(
                            directory,
                            going.stream().map(Entry::path).toList(),
                            last.size() <= room);
                })
                .then();
    }

    private Mono<List<Rest>> rests(Closure.Closed closed, Map<EntryPath, Row> rows) {
        return Flux.fromIterable(closed.later().entrySet())
                .concatMap(one -> rest(one.getKey(), one.getValue(), rows))
                .collectList();
    }

    private Mono<Rest> rest(EntryPath directory, long going, Map<EntryPath, Row> rows) {
        int itself = isRemoved(rows.get(directory)) ? 1 : 0;
        return context.ports()
                .commits()
                .countBelow(context.folder().id(), directory)
                .map(below -> new Rest(directory, itself + below - going, 0));
    }

    private static boolean isRemoved(@Nullable Row row) {
        return row != null && row.entry().isEmpty();
    }

    /** Rows that were chosen and not postponed, and rows brought along, at the versions read. */
    private static List<Taken> taken(
            Closure.Closed closed, Set<EntryPath> chosen, Map<EntryPath, Row> rows) {
        return Stream.concat(
                        chosen.stream().filter(path -> !closed.postponed().contains(path)),
                        closed.broughtAlong().stream())
                .sorted()
                .map(path -> Objects.requireNonNull(rows.get(path)))
                .map(row -> new Taken(row.path(), row.version()))
                .toList();
    }

    private static Closed closed(
            Closure.Closed closed,
            List<Taken> taken,
            Map<EntryPath, Entry> before,
            List<Rest> later) {
        List<Entry> removed =
                closed.changes().stream()
                        .filter(Change.Remove.class::isInstance)
                        .map(change -> Objects.requireNonNull(before.get(change.path())))
                        .toList();
        return new Closed(closed.changes(), taken, removed, later);
    }
}
