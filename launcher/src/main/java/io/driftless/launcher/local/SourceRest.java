package io.driftless.launcher.local;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** What is left to do at the source after it was scanned. */
final class SourceRest {
    /** Little: asked for again and again while much is under way, and then the first few tell. */
    private static final int PAGE = 50;

    /** Much may wait before the first that does not. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final FolderId folder;
    private final FolderIndex index;
    private final CommitLog commits;
    private final InstantSource clock;
    private final AtomicReference<Instant> askAgain = new AtomicReference<>(Instant.MIN);

    SourceRest(FolderId folder, FolderIndex index, CommitLog commits, InstantSource clock) {
        this.folder = folder;
        this.index = index;
        this.commits = commits;
        this.clock = clock;
    }

    /**
     * True where all that is left waits until it can be read, or lies in a directory that does: no
     * time is known by which that is over. A large file waits for its turn, which comes. Where it
     * is not so now, that is said for a while without looking.
     */
    Mono<Boolean> isHopeless() {
        return Mono.defer(() -> {
            Instant began = clock.instant();
            return began.isBefore(askAgain.get())
                    ? Mono.just(false)
                    : look().doOnNext(isHopeless -> {
                        if (!isHopeless) {
                            rest(began);
                        }
                    });
        });
    }

    /** At least as long as it took to look. */
    private void rest(Instant began) {
        Instant now = clock.instant();
        Duration took = Duration.between(began, now);
        askAgain.set(now.plus(took.compareTo(PAUSE) > 0 ? took : PAUSE));
    }

    private Mono<Boolean> look() {
        return isNoneUnderWay()
                .filter(isNone -> isNone)
                .flatMap(_ -> index.tally(folder))
                .map(found -> found.stream().allMatch(one -> one.code() != ErrorCode.LARGE_PENDING))
                .defaultIfEmpty(false);
    }

    private Mono<Boolean> isNoneUnderWay() {
        return page(Optional.empty())
                .expand(rows ->
                        rows.size() < PAGE
                                ? Mono.empty()
                                : page(Optional.of(rows.getLast().path())))
                .concatMap(this::doAllWait, 1)
                .all(doAllWait -> doAllWait);
    }

    private Mono<List<Row>> page(Optional<EntryPath> after) {
        return index.dirtyRows(folder, after, PAGE);
    }

    private Mono<Boolean> doAllWait(List<Row> rows) {
        List<EntryPath> others =
                rows.stream().filter(row -> !doesWait(row)).map(Row::path).toList();
        Set<EntryPath> above = new HashSet<>();
        others.forEach(path -> above.addAll(above(path)));
        return above.isEmpty()
                ? Mono.just(others.isEmpty())
                : unreachable(above)
                        .map(unreachable ->
                                others.stream()
                                        .allMatch(path ->
                                                above(path).stream()
                                                        .anyMatch(unreachable::contains)));
    }

    /** What is below a directory cannot be committed before it is. */
    private Mono<Set<EntryPath>> unreachable(Collection<EntryPath> directories) {
        return index.rows(folder, directories)
                .map(rows ->
                        rows.stream()
                                .filter(SourceRest::doesWait)
                                .map(Row::path)
                                .collect(Collectors.toSet()))
                .flatMap(waiting ->
                        commits.committed(folder, waiting)
                                .map(known -> {
                                    known.stream().map(Entry::path).forEach(waiting::remove);
                                    return waiting;
                                }));
    }

    /** What is looked at for the first time, or was just found gone, is over soon. */
    private static boolean doesWait(Row row) {
        return row.state() instanceof State.Waiting waiting
                && waiting.tries() > 1
                && waiting.code() != ErrorCode.ENTRY_VANISHED;
    }

    private static List<EntryPath> above(EntryPath path) {
        List<EntryPath> all = new ArrayList<>();
        for (EntryPath at = path; !at.isRoot(); ) {
            at = at.parent();
            all.add(at);
        }
        return all;
    }
}
