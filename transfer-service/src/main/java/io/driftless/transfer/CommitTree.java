package io.driftless.transfer;

import io.driftless.event.Hint;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Taken;
import io.driftless.port.FolderIndex.Row;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Closes chosen rows to a valid tree: a put brings its parents along or waits for them; a directory
 * that is removed, or that became something else, takes everything committed below it along.
 */
final class CommitTree {
    private static final int PAGE = 2_000;

    private final TransferContext context;

    CommitTree(TransferContext context) {
        this.context = context;
    }

    /** What is to be committed. */
    record Closed(Collection<Entry> puts, Collection<EntryPath> removals, List<Taken> taken) {
        boolean isEmpty() {
            return taken.isEmpty();
        }
    }

    /** A set of changes on its way to being closed. */
    private static final class Open {
        final NavigableMap<EntryPath, Entry> puts = new TreeMap<>();
        final NavigableSet<EntryPath> removals = new TreeSet<>();
        final Map<EntryPath, Taken> taken = new HashMap<>();
        final Set<EntryPath> lookAgain = new TreeSet<>();

        void add(Row row) {
            taken.put(row.path(), new Taken(row.path(), row.version()));
            row.entry()
                    .ifPresentOrElse(
                            entry -> puts.put(row.path(), entry), () -> removals.add(row.path()));
        }

        boolean hasDirectory(EntryPath path) {
            return puts.get(path) instanceof Entry.DirectoryEntry;
        }

        /**
         * A put cannot be part of a tree in which its parent is no directory: both are to be looked
         * at again.
         */
        void dropBelow(EntryPath parent) {
            List<EntryPath> below =
                    puts.tailMap(parent, false).keySet().stream()
                            .takeWhile(parent::isAncestorOf)
                            .toList();
            for (EntryPath path : below) {
                puts.remove(path);
                taken.remove(path);
                lookAgain.add(path);
            }
            lookAgain.add(parent);
        }
    }

    Mono<Closed> close(Map<EntryPath, Row> rows) {
        Open open = new Open();
        rows.values().forEach(open::add);
        return bringParents(open)
                .then(Mono.defer(() -> takeSubtrees(open)))
                .then(Mono.defer(() -> sayLookAgain(open)))
                .then(
                        Mono.fromSupplier(() ->
                                new Closed(
                                        open.puts.values(),
                                        open.removals,
                                        List.copyOf(open.taken.values()))));
    }

    private Mono<Void> bringParents(Open open) {
        Set<EntryPath> unknown = new HashSet<>();
        for (EntryPath path : open.puts.keySet()) {
            if (!path.isRoot() && !open.hasDirectory(path.parent())) {
                unknown.add(path.parent());
            }
        }
        if (unknown.isEmpty()) {
            return Mono.empty();
        }
        return context.ports()
                .commits()
                .committed(context.folder().id(), unknown)
                .flatMap(committed -> {
                    for (Entry entry : committed) {
                        boolean staysDirectory =
                                entry instanceof Entry.DirectoryEntry
                                        && !open.puts.containsKey(entry.path())
                                        && !open.removals.contains(entry.path());
                        if (staysDirectory) {
                            unknown.remove(entry.path());
                        }
                    }
                    return unknown.isEmpty() ? Mono.empty() : bring(open, unknown);
                });
    }

    /** Parents that are not committed come along if the index knows them as directories. */
    private Mono<Void> bring(Open open, Set<EntryPath> parents) {
        return context.ports()
                .index()
                .rows(context.folder().id(), parents)
                .flatMap(rows -> {
                    Set<EntryPath> missing = new TreeSet<>(parents);
                    for (Row row : rows) {
                        boolean isDirectory =
                                row.entry()
                                        .filter(Entry.DirectoryEntry.class::isInstance)
                                        .isPresent();
                        boolean isFree =
                                !open.puts.containsKey(row.path())
                                        && !open.removals.contains(row.path());
                        if (isDirectory && isFree) {
                            open.add(row);
                            missing.remove(row.path());
                        }
                    }
                    missing.forEach(open::dropBelow);
                    return bringParents(open);
                });
    }

    private Mono<Void> takeSubtrees(Open open) {
        List<EntryPath> noDirectories = new ArrayList<>(open.removals);
        open.puts.values().stream()
                .filter(entry -> !(entry instanceof Entry.DirectoryEntry))
                .map(Entry::path)
                .forEach(noDirectories::add);
        if (noDirectories.isEmpty()) {
            return Mono.empty();
        }
        return context.ports()
                .commits()
                .committed(context.folder().id(), noDirectories)
                .flatMapMany(committed -> {
                    Set<EntryPath> known = new HashSet<>();
                    committed.forEach(entry -> known.add(entry.path()));
                    open.removals.removeIf(path -> !known.contains(path));
                    return Flux.fromIterable(committed);
                })
                .filter(Entry.DirectoryEntry.class::isInstance)
                .concatMap(directory -> below(directory.path()))
                .doOnNext(entry -> open.removals.add(entry.path()))
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

    private Mono<Void> sayLookAgain(Open open) {
        List<Hint> hints =
                open.lookAgain.stream()
                        .map(path ->
                                Hint.entries(
                                        context.folder().id(),
                                        path.parent(),
                                        List.of(path),
                                        Hint.Origin.TRANSFER))
                        .toList();
        return hints.isEmpty() ? Mono.empty() : context.ports().bus().publish(hints);
    }
}
