package io.driftless.transfer;

import io.driftless.change.Change;
import io.driftless.change.Closure;
import io.driftless.event.Hint;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Closes chosen rows to a valid tree: answers the questions of {@link Closure} from the database.
 */
final class CommitTree {
    private static final int PAGE = 2_000;

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
     */
    record Closed(List<Change> changes, List<Taken> taken, List<Entry> removed) {
        boolean isEmpty() {
            return taken.isEmpty();
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
                    .flatMap(closed ->
                            context.look(closed.lookAgain(), Hint.Origin.TRANSFER)
                                    .thenReturn(
                                            closed(
                                                    closed,
                                                    taken(closed, chosen.keySet(), rows),
                                                    before)));
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
                .concatMap(directory ->
                        below(directory)
                                .doOnNext(entry -> before.put(entry.path(), entry))
                                .map(Entry::path)
                                .collectList()
                                .doOnNext(paths -> closure.answerBelow(directory, paths, true)))
                .then();
    }

    private Flux<Entry> below(EntryPath directory) {
        return page(directory, Optional.empty())
                .expand(entries ->
                        entries.size() < PAGE
                                ? Mono.empty()
                                : page(directory, Optional.of(entries.getLast().path())))
                .concatMapIterable(entries -> entries);
    }

    private Mono<List<Entry>> page(EntryPath directory, Optional<EntryPath> after) {
        return context.ports()
                .commits()
                .committedBelow(context.folder().id(), directory, after, PAGE);
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
            Closure.Closed closed, List<Taken> taken, Map<EntryPath, Entry> before) {
        List<Entry> removed =
                closed.changes().stream()
                        .filter(Change.Remove.class::isInstance)
                        .map(change -> Objects.requireNonNull(before.get(change.path())))
                        .toList();
        return new Closed(closed.changes(), taken, removed);
    }
}
