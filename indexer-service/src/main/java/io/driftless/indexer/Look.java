package io.driftless.indexer;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Hint;
import io.driftless.event.Indexed;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Inode;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * Looks at paths and writes what it saw. The order is always: read the rows, look, read the files
 * that differ, write where the rows are still at the versions read. What was written by somebody
 * else meanwhile is looked at again, and so is a new row whose path is not as it was.
 */
final class Look {
    /** A path that loses this often is written by somebody who looks later than we do. */
    private static final int MAX_ROUNDS = 20;

    private final IndexContext context;
    private final Contents contents;
    private final NewRows newRows;
    private final Mounts mounts;
    private final Runnable pokeWaiting;

    Look(IndexContext context, Runnable pokeWaiting) {
        this.context = context;
        this.contents = new Contents(context);
        this.newRows = new NewRows(context);
        this.mounts = new Mounts(context);
        this.pokeWaiting = pokeWaiting;
    }

    /** Looks at these paths. */
    Mono<Looked> at(Collection<EntryPath> paths) {
        return at(paths, Map.of());
    }

    /**
     * Looks at these paths.
     *
     * @param unlistable directories that could not be listed, and why
     */
    Mono<Looked> at(Collection<EntryPath> paths, Map<EntryPath, ErrorCode> unlistable) {
        return context.index()
                .rows(context.folder(), paths)
                .flatMap(rows -> at(paths, rows, unlistable));
    }

    /** Looks at these paths and reads those that are files, even if their stats are as known. */
    Mono<Looked> atDoubted(Collection<EntryPath> paths) {
        return context.index()
                .rows(context.folder(), paths)
                .flatMap(rows -> at(paths, rows.stream().map(Look::doubted).toList(), Map.of()));
    }

    private static Row doubted(Row row) {
        boolean isFile = row.entry().filter(Entry.FileEntry.class::isInstance).isPresent();
        return isFile
                ? new Row(
                        row.path(),
                        row.version(),
                        row.state(),
                        Optional.empty(),
                        row.entry(),
                        row.dirty())
                : row;
    }

    /**
     * Looks at these paths, whose rows were read already.
     *
     * @param unlistable directories that could not be listed, and why
     */
    Mono<Looked> at(
            Collection<EntryPath> paths, List<Row> rows, Map<EntryPath, ErrorCode> unlistable) {
        return round(below(EntryPath.ROOT), paths, rows, unlistable, 1);
    }

    /** Looks at the paths of rows below a directory that is likely gone. */
    Mono<Looked> belowGone(EntryPath top, List<Row> rows) {
        return round(below(top), rows.stream().map(Row::path).toList(), rows, Map.of(), 1);
    }

    private Below below(EntryPath top) {
        return new Below(context.tree(), top);
    }

    private Mono<Looked> round(
            Below below,
            Collection<EntryPath> paths,
            List<Row> rows,
            Map<EntryPath, ErrorCode> unlistable,
            int round) {
        return began(paths, rows)
                .flatMap(began ->
                        sights(below, paths, rows)
                                .flatMap(this::withFormerPlaces)
                                .flatMap(sights -> holdRemovals(below, sights))
                                .flatMap(sights -> mounts.check(below, sights))
                                .flatMap(trusted -> settle(trusted, unlistable, began)))
                .flatMap(settled -> againWhereLost(settled, unlistable, round));
    }

    /** What is seen from now on is newer than that, which matters to paths without a row. */
    private Mono<Version> began(Collection<EntryPath> paths, List<Row> rows) {
        Set<EntryPath> unknown = new HashSet<>(paths);
        rows.forEach(row -> unknown.remove(row.path()));
        return unknown.isEmpty() ? Mono.just(new Version(0)) : context.index().latest();
    }

    private static Mono<List<Sight>> sights(
            Below below, Collection<EntryPath> paths, List<Row> rows) {
        Map<EntryPath, Row> byPath = new HashMap<>();
        rows.forEach(row -> byPath.put(row.path(), row));
        return below.look(paths)
                .map(views ->
                        Stream.concat(
                                        sights(views.looked(), byPath, true),
                                        sights(views.concluded(), byPath, false))
                                .toList());
    }

    private static Stream<Sight> sights(
            List<Found> found, Map<EntryPath, Row> rows, boolean isLooked) {
        return found.stream()
                .map(one -> new Sight(Optional.ofNullable(rows.get(one.path())), one, isLooked));
    }

    /**
     * A new path with the inode of another row: the other path is looked at now, so that both
     * halves are written together.
     */
    private Mono<List<Sight>> withFormerPlaces(List<Sight> sights) {
        List<Inode> inodes =
                sights.stream()
                        .filter(Sight::mayBeMoved)
                        .map(sight -> ((Found.Present) sight.found()).stat())
                        .map(stat -> new Inode(stat.device(), stat.inode()))
                        .toList();
        if (inodes.isEmpty()) {
            return Mono.just(sights);
        }
        Set<EntryPath> seen = new HashSet<>();
        sights.forEach(sight -> seen.add(sight.path()));
        return context.index()
                .rowsOfInodes(context.folder(), inodes)
                .flatMap(former -> {
                    List<Row> unseen =
                            former.stream().filter(row -> !seen.contains(row.path())).toList();
                    if (unseen.isEmpty()) {
                        return Mono.just(sights);
                    }
                    return sights(
                                    below(EntryPath.ROOT),
                                    unseen.stream().map(Row::path).toList(),
                                    unseen)
                            .map(more -> {
                                List<Sight> all = new ArrayList<>(sights);
                                all.addAll(more);
                                return all;
                            });
                });
    }

    /**
     * What is gone may have moved to where nobody looked yet: the new place gets the time to be
     * seen first. Then it is looked at again, and the root after it: only while the same root
     * stands there does absence mean removal.
     */
    private Mono<List<Sight>> holdRemovals(Below below, List<Sight> sights) {
        List<EntryPath> gone = sights.stream().filter(Sight::isGone).map(Sight::path).toList();
        if (gone.isEmpty()) {
            return Mono.just(sights);
        }
        List<Sight> present = sights.stream().filter(sight -> !sight.isGone()).toList();
        return Mono.delay(context.settings().removalHold(), context.timer())
                .then(context.index().rows(context.folder(), gone))
                .flatMap(rows -> sights(below, gone, rows))
                .flatMap(again ->
                        context.tree()
                                .look(List.of(EntryPath.ROOT))
                                .map(root -> {
                                    List<Sight> all = new ArrayList<>(present);
                                    all.addAll(again);
                                    return all;
                                }));
    }

    private record Settled(
            List<Sight> sights, List<RowWrite> writes, List<EntryPath> lost, Looked looked) {
        Settled andLost(List<EntryPath> more) {
            List<EntryPath> all = new ArrayList<>(lost);
            all.addAll(more);
            return new Settled(sights, writes, all, looked);
        }
    }

    private Mono<Settled> settle(
            Mounts.Trusted trusted, Map<EntryPath, ErrorCode> unlistable, Version began) {
        List<Sight> sights = trusted.sights();
        List<RowWrite> writes = new ArrayList<>(trusted.waiting());
        List<Indexed.RowVersion> sayAgain = new ArrayList<>();
        List<Verdict.Read> reads = new ArrayList<>();
        for (Sight sight : sights) {
            switch (verdict(sight, unlistable)) {
                case Verdict.Same() -> {}
                case Verdict.SayAgain(Row row) ->
                        sayAgain.add(new Indexed.RowVersion(row.path(), row.version()));
                case Verdict.Write(RowWrite write) -> writes.add(write);
                case Verdict.Read read -> reads.add(read);
            }
        }
        return contents.of(reads, sights)
                .flatMap(read -> {
                    writes.addAll(read.writes());
                    return write(sights, writes, began, sayAgain, read.bytesRead());
                })
                .map(settled -> settled.andLost(trusted.back()));
    }

    private Verdict verdict(Sight sight, Map<EntryPath, ErrorCode> unlistable) {
        ErrorCode trouble = unlistable.get(sight.path());
        if (trouble != null && sight.isDirectory()) {
            return new Verdict.Write(
                    Verdict.waiting(sight, trouble, context.settings(), context.now()));
        }
        return Verdict.of(sight, context.settings(), context.now());
    }

    private Mono<Settled> write(
            List<Sight> sights,
            List<RowWrite> writes,
            Version began,
            List<Indexed.RowVersion> sayAgain,
            long bytesRead) {
        if (writes.isEmpty()) {
            return tell(sayAgain)
                    .thenReturn(
                            new Settled(sights, writes, List.of(), looked(sights, 0, bytesRead)));
        }
        return context.index()
                .write(context.folder(), writes, began)
                .flatMap(versions -> {
                    List<Indexed.RowVersion> dirty = new ArrayList<>(sayAgain);
                    List<EntryPath> lost = new ArrayList<>();
                    Map<EntryPath, Row> rows = rowsOf(sights);
                    for (int i = 0; i < writes.size(); i++) {
                        EntryPath path = writes.get(i).path();
                        Optional<Version> version = versions.get(i);
                        if (version.isEmpty()) {
                            lost.add(path);
                        } else if (isToTell(writes.get(i), Optional.ofNullable(rows.get(path)))) {
                            dirty.add(new Indexed.RowVersion(path, version.get()));
                        }
                    }
                    pokeWaitingFor(writes);
                    Looked looked = looked(sights, dirty.size() - sayAgain.size(), bytesRead);
                    return tell(dirty)
                            .then(newRows.outdated(sights, writes, versions))
                            .doOnNext(lost::addAll)
                            .thenReturn(new Settled(sights, writes, lost, looked));
                });
    }

    private static Map<EntryPath, Row> rowsOf(List<Sight> sights) {
        Map<EntryPath, Row> rows = new HashMap<>();
        sights.forEach(sight -> sight.row().ifPresent(row -> rows.put(row.path(), row)));
        return rows;
    }

    /** What waits was told of when it was well, and would only be told of without end. */
    private static boolean isToTell(RowWrite write, Optional<Row> before) {
        return !(write.state() instanceof State.Waiting) && isDirty(write, before);
    }

    private static boolean isDirty(RowWrite write, Optional<Row> before) {
        return before.map(row -> row.dirty() || !row.entry().equals(write.entry()))
                .orElseGet(() -> write.entry().isPresent());
    }

    private void pokeWaitingFor(List<RowWrite> writes) {
        if (writes.stream().anyMatch(write -> write.state() instanceof State.Waiting)) {
            pokeWaiting.run();
        }
    }

    private Looked looked(List<Sight> sights, long changed, long bytesRead) {
        return new Looked(
                sights.stream().filter(Sight::isLooked).count(),
                changed,
                bytesRead,
                sights.stream()
                        .filter(sight -> sight.wasDirectory() && isAnotherKind(sight))
                        .map(Sight::path)
                        .toList(),
                sights.stream()
                        .filter(sight -> sight.isDirectory() && !sight.wasDirectory())
                        .map(Sight::path)
                        .toList());
    }

    private static boolean isAnotherKind(Sight sight) {
        return sight.found() instanceof Found.Absent
                || (sight.found() instanceof Found.Present && !sight.isDirectory());
    }

    /** Says which rows are dirty, one record a directory. */
    private Mono<Void> tell(List<Indexed.RowVersion> dirty) {
        Map<EntryPath, List<Indexed.RowVersion>> byDirectory = new LinkedHashMap<>();
        dirty.forEach(row ->
                byDirectory
                        .computeIfAbsent(row.path().parent(), parent -> new ArrayList<>())
                        .add(row));
        List<Indexed> events = new ArrayList<>();
        byDirectory.forEach((directory, rows) -> {
            for (int from = 0; from < rows.size(); from += Hint.MAX_PATHS) {
                var some = rows.subList(from, Math.min(rows.size(), from + Hint.MAX_PATHS));
                events.add(new Indexed(context.folder(), directory, some));
            }
        });
        return events.isEmpty() ? Mono.empty() : context.bus().publish(events);
    }

    private Mono<Looked> againWhereLost(
            Settled settled, Map<EntryPath, ErrorCode> unlistable, int round) {
        if (settled.lost().isEmpty()) {
            return Mono.just(settled.looked());
        }
        if (round == MAX_ROUNDS) {
            return Mono.error(
                    new SyncException(
                            ErrorCode.ENTRY_UNSTABLE,
                            settled.lost().getFirst()
                                    + " was written by others "
                                    + MAX_ROUNDS
                                    + " times in a row."));
        }
        List<EntryPath> lost = settled.lost();
        return context.index()
                .rows(context.folder(), lost)
                .flatMap(rows -> round(below(EntryPath.ROOT), lost, rows, unlistable, round + 1))
                .map(settled.looked()::plus);
    }
}
