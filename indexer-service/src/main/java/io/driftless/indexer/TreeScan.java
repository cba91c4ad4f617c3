package io.driftless.indexer;

import io.driftless.error.ErrorCode;
import io.driftless.event.Hint;
import io.driftless.flow.FirstFailure;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.Run;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Listed;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Compares a directory or a whole subtree with its rows. Names and rows come in the same order, so
 * a piece of the walk and the rows of its range are looked at together; nothing is written where
 * nothing differs.
 */
final class TreeScan {
    private final IndexContext context;
    private final Look look;

    /** The runs that this process is walking now. */
    private final Set<UUID> underWay = ConcurrentHashMap.newKeySet();

    TreeScan(IndexContext context, Look look) {
        this.context = context;
        this.look = look;
    }

    /** Looks at paths, and at what was below those that are no directories any more. */
    Flux<Looked> entries(Collection<EntryPath> paths) {
        return some(paths).concatMap(look::at, 0).concatMap(this::withWhatWasBelow, 0);
    }

    /** As {@link #entries}, of files whose bytes are said to be others than their rows say. */
    Flux<Looked> doubted(Collection<EntryPath> paths) {
        return some(paths).concatMap(look::atDoubted, 0).concatMap(this::withWhatWasBelow, 0);
    }

    private Flux<List<EntryPath>> some(Collection<EntryPath> paths) {
        return Flux.fromIterable(paths).buffer(context.settings().batchPaths());
    }

    private Flux<Looked> withWhatWasBelow(Looked looked) {
        return Flux.just(looked.countsOnly())
                .concatWith(Flux.fromIterable(looked.noLongerDirectories()).concatMap(this::below));
    }

    /**
     * Compares what is directly in a directory; subdirectories seen for the first time are scanned
     * whole.
     */
    Flux<Looked> directory(EntryPath directory) {
        return context.tree()
                .list(directory)
                .flatMapMany(listed -> {
                    Piece piece = new Piece(listed);
                    return children(directory)
                            .concatMap(page -> look(directory, piece, page), 0)
                            .concatMap(
                                    looked ->
                                            withWhatWasBelow(looked)
                                                    .concatWith(newBelow(directory, looked)),
                                    0);
                });
    }

    private Flux<Looked> newBelow(EntryPath directory, Looked looked) {
        return Flux.fromIterable(looked.newDirectories())
                .filter(path -> !path.equals(directory))
                .concatMap(this::below);
    }

    /** What was listed in the range of a page is looked at with the rows of the page. */
    private Flux<Looked> look(EntryPath directory, Piece piece, Children page) {
        Map<EntryPath, Row> rows = new HashMap<>();
        page.rows().stream().filter(piece::mayConclude).forEach(row -> rows.put(row.path(), row));
        NavigableSet<EntryPath> paths = new TreeSet<>(rows.keySet());
        paths.addAll(piece.namesIn(page));
        if (page.through().isEmpty()) {
            paths.add(directory);
        }
        return some(paths)
                .concatMap(
                        some ->
                                look.at(
                                        some,
                                        some.stream()
                                                .flatMap(path -> Stream.ofNullable(rows.get(path)))
                                                .toList(),
                                        piece.unlistable()),
                        0);
    }

    /**
     * Looks again at a directory that could not be listed; where it can be now, also at all that is
     * below it.
     */
    Flux<Looked> unlistable(EntryPath directory) {
        return context.tree()
                .list(directory)
                .map(listed -> new Piece(listed).unlistable())
                .flatMapMany(unlistable ->
                        unlistable.isEmpty()
                                ? entries(List.of(directory)).concatWith(below(directory))
                                : look.at(List.of(directory), unlistable)
                                        .flatMapMany(this::withWhatWasBelow));
    }

    /** The rows directly in a directory after one path and through another, or to the end of it. */
    private record Children(
            Optional<EntryPath> after, Optional<EntryPath> through, List<Row> rows) {}

    private Flux<Children> children(EntryPath directory) {
        return children(directory, Optional.empty())
                .expand(page ->
                        page.through().isEmpty()
                                ? Mono.empty()
                                : children(directory, page.through()));
    }

    private Mono<Children> children(EntryPath directory, Optional<EntryPath> after) {
        int limit = context.settings().batchPaths();
        return context.index()
                .children(context.folder(), directory, after, limit)
                .map(rows ->
                        new Children(
                                after,
                                rows.size() < limit
                                        ? Optional.empty()
                                        : Optional.of(rows.getLast().path()),
                                rows));
    }

    /** Compares a subtree, as a run where the hint names one. */
    Flux<Looked> tree(Hint hint) {
        return hint.run()
                .map(run -> once(run, run(hint.directory(), run)))
                .orElseGet(() -> below(hint.directory()));
    }

    /**
     * A run that is slow is ordered again: a second walk would read the same files beside the first
     * and make both slower still.
     */
    private Flux<Looked> once(UUID run, Flux<Looked> walk) {
        return Flux.using(
                () -> underWay.add(run),
                isFirst -> isFirst ? walk : Flux.empty(),
                isFirst -> {
                    if (isFirst) {
                        underWay.remove(run);
                    }
                });
    }

    private Flux<Looked> run(EntryPath top, UUID id) {
        return Mono.defer(() -> context.index().beginRun(context.folder(), id, context.now()))
                .flatMapMany(run -> run.ended().isPresent() ? Flux.empty() : walk(top, run));
    }

    private Flux<Looked> walk(EntryPath top, Run run) {
        AtomicReference<Long> total = new AtomicReference<>(run.looked());
        return pieces(top, run.cursor())
                .concatMap(step -> {
                    total.updateAndGet(sum -> sum + step.looked().entries());
                    return context.index()
                            .advanceRun(run.id(), step.through(), total.get())
                            .thenReturn(step.looked());
                })
                .concatWith(
                        Mono.defer(() -> context.index().endRun(run.id(), context.now()))
                                .map(ended -> Looked.NOTHING));
    }

    /** Compares everything below a directory, which may be gone. */
    Flux<Looked> below(EntryPath top) {
        return pieces(top, Optional.empty()).map(Step::looked);
    }

    private record Step(Looked looked, EntryPath through) {}

    private Flux<Step> pieces(EntryPath top, Optional<EntryPath> after) {
        return Flux.defer(() -> {
            AtomicReference<EntryPath> cursor = new AtomicReference<>(after.orElse(top));
            Set<EntryPath> closed = ConcurrentHashMap.newKeySet();
            Flux<Step> walked =
                    context.tree()
                            .walk(top, after)
                            .buffer(context.settings().batchPaths())
                            .map(listed -> {
                                closed.addAll(new Piece(listed).unlistable().keySet());
                                return new Range(
                                        cursor.getAndSet(lastOf(listed)),
                                        Optional.of(lastOf(listed)),
                                        listed);
                            })
                            .flatMapSequential(range -> compare(top, range, closed), 2, 1)
                            .onErrorMap(FirstFailure::of);
            return walked.concatWith(
                    Flux.defer(() ->
                            compare(
                                    top,
                                    new Range(cursor.get(), Optional.empty(), List.of()),
                                    closed)));
        });
    }

    private static EntryPath lastOf(List<Listed> listed) {
        return listed.getLast().path();
    }

    /**
     * A piece of a walk: what was listed after one path and through another, or the end of the
     * subtree.
     */
    private record Range(EntryPath after, Optional<EntryPath> through, List<Listed> listed) {
        Range upTo(EntryPath edge) {
            var some = listed.stream().filter(one -> one.path().compareTo(edge) <= 0);
            return new Range(after, Optional.of(edge), some.toList());
        }

        Range after(EntryPath edge) {
            var rest = listed.stream().filter(one -> one.path().compareTo(edge) > 0);
            return new Range(edge, through, rest.toList());
        }
    }

    /**
     * Compares a range page by page, so that a large subtree that is gone does not have to fit in
     * memory.
     */
    private Flux<Step> compare(EntryPath top, Range range, Set<EntryPath> closed) {
        return page(top, range)
                .expand(page -> Mono.justOrEmpty(page.rest()).flatMap(rest -> page(top, rest)))
                .concatMap(page -> conclude(top, page.range(), page.rows(), closed), 0);
    }

    /**
     * The rows of a range that is no longer than a page, and what of the walk is in it.
     *
     * @param rest what comes after it
     */
    private record Page(Range range, List<Row> rows, Optional<Range> rest) {}

    private Mono<Page> page(EntryPath top, Range range) {
        int limit = 2 * context.settings().batchPaths();
        return context.index()
                .rowsBelow(context.folder(), top, range.after(), range.through(), limit)
                .map(rows -> {
                    if (rows.size() < limit) {
                        return new Page(range, rows, Optional.empty());
                    }
                    EntryPath edge = rows.getLast().path();
                    return new Page(range.upTo(edge), rows, Optional.of(range.after(edge)));
                });
    }

    private Mono<Step> conclude(EntryPath top, Range range, List<Row> rows, Set<EntryPath> closed) {
        Piece piece = new Piece(range.listed());
        List<Row> concluded =
                rows.stream()
                        .filter(piece::isOpen)
                        .filter(row ->
                                closed.stream().noneMatch(shut -> shut.isAncestorOf(row.path())))
                        .toList();
        Mono<Looked> looked =
                range.listed().isEmpty()
                        ? look.belowGone(top, concluded)
                        : look.at(piece.pathsWith(concluded), concluded, piece.unlistable());
        return looked.map(
                done -> new Step(done.countsOnly(), range.through().orElse(range.after())));
    }

    /**
     * The names of a piece of a walk, and the directories in it that are there but could not be
     * listed.
     */
    private static final class Piece {
        private final NavigableSet<EntryPath> names = new TreeSet<>();
        private final Map<EntryPath, ErrorCode> unlistable = new HashMap<>();

        Piece(List<Listed> listed) {
            for (Listed one : listed) {
                names.add(one.path());
                if (one instanceof Listed.Unlistable shut
                        && shut.code() != ErrorCode.ENTRY_VANISHED) {
                    unlistable.put(shut.path(), shut.code());
                }
            }
        }

        Map<EntryPath, ErrorCode> unlistable() {
            return unlistable;
        }

        Set<EntryPath> namesIn(Children page) {
            NavigableSet<EntryPath> rest =
                    page.after().map(path -> names.tailSet(path, false)).orElse(names);
            return page.through().map(path -> rest.headSet(path, true)).orElse(rest);
        }

        boolean mayConclude(Row row) {
            return isOpen(row) && !unlistable.containsKey(row.path().parent());
        }

        /** False for a row that says removed of what is not there: no look would change it. */
        boolean isOpen(Row row) {
            return !(row.state() instanceof State.Removed) || names.contains(row.path());
        }

        Set<EntryPath> pathsWith(List<Row> rows) {
            Set<EntryPath> paths = new LinkedHashSet<>(names);
            rows.forEach(row -> paths.add(row.path()));
            return paths;
        }
    }
}
