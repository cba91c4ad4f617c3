package io.driftless.agent;

import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Report;
import io.driftless.flow.WorkLoop;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Position;
import io.driftless.port.TargetState.Work;
import io.driftless.port.TargetTree.Marker;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One target from opening to closing. Rounds run one after the other; only {@link #learn} comes
 * from outside.
 */
final class Session {
    /**
     * What a round has staged is staged anew where a crash ends it before all of it is placed, so
     * large files are few.
     */
    private static final int MAX_LARGE = 32;

    private final AgentContext context;
    private final CatchUp catchUp;
    private final TargetScan scan;
    private final TreeStep trees;
    private final ContentStep contents;
    private final Recovery recovery;
    private final Reporting reporting;

    private final AtomicReference<Optional<Commit>> newest =
            new AtomicReference<>(Optional.empty());
    private Optional<Position> position = Optional.empty();
    private long markedSeq;
    private boolean isClaimed;
    private boolean isScanDue = true;

    /** After a step that failed, the stage may hold what that step left. */
    private boolean isRecoveryDue;

    /** Partial files may be there that no work wants any more. */
    private boolean isTidyingDue = true;

    /** The disk was full: before anything comes, what is not wanted goes. */
    private boolean isRoomNeeded;

    private int failures;

    Session(AgentContext context) {
        this.context = context;
        Locations locations = new Locations(context);
        Settling settling = new Settling(context);
        BlockFetch fetch = new BlockFetch(context);
        this.catchUp = new CatchUp(context, locations);
        this.scan = new TargetScan(context);
        this.trees = new TreeStep(context, settling);
        this.contents =
                new ContentStep(
                        context,
                        settling,
                        new Placing(
                                context,
                                settling,
                                new SmallFiles(context, fetch, locations),
                                new LargeFiles(context, fetch, locations)));
        this.recovery = new Recovery(context);
        this.reporting = new Reporting(context);
    }

    /** Hears of a commit; an older one than known changes nothing. */
    void learn(Commit commit) {
        newest.updateAndGet(
                known -> known.filter(one -> isAtLeast(one, commit)).or(() -> Optional.of(commit)));
    }

    private static boolean isAtLeast(Commit known, Commit commit) {
        return known.incarnation().equals(commit.incarnation())
                && (known.seq() > commit.seq()
                        || (known.seq() == commit.seq() && !hasChanges(commit)));
    }

    private static boolean hasChanges(Commit commit) {
        return !(commit.changes() instanceof Commit.Changes.None);
    }

    /** A step begins: reports wait until it has taken a while. */
    void begin() {
        reporting.begin();
    }

    /** Does the next piece of work there is; false where there is none. */
    Mono<Boolean> round() {
        Optional<Commit> commit = newest.get();
        if (commit.isEmpty()) {
            return Mono.just(false);
        }
        if (position.isEmpty()) {
            return open(commit.get()).thenReturn(true);
        }
        if (isRecoveryDue) {
            return recovery.run()
                    .then(Mono.fromRunnable(() -> isRecoveryDue = false))
                    .thenReturn(true);
        }
        if (isBehind(position.get(), commit.get())) {
            return catchUp.to(commit.get(), position.get())
                    .doOnNext(next -> position = Optional.of(next))
                    .thenReturn(true);
        }
        if (isRoomNeeded) {
            return makeRoom();
        }
        if (isScanDue) {
            return scan.run()
                    .doOnNext(found -> {
                        isScanDue = false;
                        reporting.scanned();
                    })
                    .thenReturn(true);
        }
        return work();
    }

    private static boolean isBehind(Position at, Commit commit) {
        boolean isSameIncarnation = at.incarnation().equals(Optional.of(commit.incarnation()));
        return !isSameIncarnation || at.seq() < commit.seq() || at.root().isEmpty();
    }

    private Mono<Void> open(Commit commit) {
        return context.ports()
                .state()
                .position()
                .flatMap(found ->
                        context.ports()
                                .tree()
                                .claim(marker(commit.incarnation(), found))
                                .doOnSuccess(before -> isClaimed = true)
                                .then(recovery.run())
                                .then(Mono.fromRunnable(() -> position = Optional.of(found))));
    }

    private Marker marker(UUID incarnation, Position at) {
        boolean isSame = at.incarnation().equals(Optional.of(incarnation));
        return new Marker(
                context.target().value(),
                context.folder().value(),
                incarnation,
                at.agent(),
                isSame ? at.seq() : 0);
    }

    /** At rest: the marker remembers how far this target came, should the state be lost. */
    Mono<Void> mark() {
        Optional<Position> at = position.filter(one -> one.seq() != markedSeq);
        return Mono.justOrEmpty(at)
                .filter(one -> one.incarnation().isPresent())
                .flatMap(one ->
                        context.ports()
                                .tree()
                                .mark(marker(one.incarnation().orElseThrow(), one))
                                .then(Mono.fromRunnable(() -> markedSeq = one.seq())));
    }

    /**
     * At rest: drops partial files of contents that no work wants any more, as when a large file
     * changed again before it was whole here. Where not all work is known, none is dropped.
     */
    Mono<Void> tidy() {
        if (position.isEmpty() || !isTidyingDue) {
            return Mono.empty();
        }
        return contentWork()
                .filter(works -> works.size() < context.settings().batchEntries())
                .flatMap(works -> context.ports().tree().dropPartialsExcept(contents(works)))
                .then(Mono.fromRunnable(() -> isTidyingDue = false));
    }

    /**
     * Drops partial files of contents that are not next, and removes before anything is placed. A
     * removed file cannot be copied from any more; its blocks are in the store.
     */
    private Mono<Boolean> makeRoom() {
        return contentWork()
                .flatMap(works -> context.ports().tree().dropPartialsExcept(contents(works)))
                .then(Mono.defer(() -> due(Kind.REMOVAL)))
                .flatMap(works -> works.isEmpty() ? Mono.empty() : trees.remove(works))
                .then(Mono.fromRunnable(() -> isRoomNeeded = false))
                .thenReturn(true);
    }

    /** The next files to place, due or not. */
    private Mono<List<Work>> contentWork() {
        Instant whenAllIsDue = context.now().plus(context.settings().longestRetry());
        return context.ports()
                .state()
                .work(Kind.CONTENT, whenAllIsDue, context.settings().batchEntries());
    }

    private static List<ContentId> contents(List<Work> works) {
        return works.stream()
                .flatMap(work -> work.desired().stream())
                .flatMap(entry -> Settling.contentOf(entry).stream())
                .map(Content::id)
                .toList();
    }

    private Mono<Boolean> work() {
        return due(Kind.DIRECTORY)
                .flatMap(works ->
                        works.isEmpty()
                                ? contents()
                                : trees.makeDirectories(works)
                                        .doOnNext(isLoss -> isScanDue |= isLoss)
                                        .thenReturn(true));
    }

    /**
     * A file where our own directory still stands waits until what was in the directory is removed.
     */
    private Mono<Boolean> contents() {
        return due(Kind.CONTENT)
                .flatMap(works -> {
                    List<Work> free = works.stream().filter(work -> !isOnDirectory(work)).toList();
                    if (!free.isEmpty()) {
                        return apply(free);
                    }
                    return removals(works);
                });
    }

    private static boolean isOnDirectory(Work work) {
        return work.applied()
                .map(Applied::stat)
                .filter(stat -> stat.kind() == Stat.Kind.DIRECTORY)
                .isPresent();
    }

    private Mono<Boolean> removals(List<Work> onDirectories) {
        return due(Kind.REMOVAL)
                .flatMap(works -> {
                    if (!works.isEmpty()) {
                        return trees.remove(works).thenReturn(true);
                    }
                    return onDirectories.isEmpty() ? metadata() : apply(onDirectories);
                });
    }

    private Mono<Boolean> apply(List<Work> works) {
        isTidyingDue = true;
        return contents.apply(portion(works)).thenReturn(true);
    }

    private Mono<Boolean> metadata() {
        return due(Kind.DIRECTORY_METADATA)
                .flatMap(works ->
                        works.isEmpty()
                                ? Mono.just(false)
                                : trees.setDirectoryMetadata(works).thenReturn(true));
    }

    private Mono<List<Work>> due(Kind kind) {
        return context.ports().state().work(kind, context.now(), context.settings().batchEntries());
    }

    /** As many of the works as fit in memory together; large files take none but are few. */
    private List<Work> portion(List<Work> works) {
        List<Work> portion = new ArrayList<>();
        long bytes = 0;
        int large = 0;
        for (Work work : works) {
            long size =
                    work.desired().orElseThrow() instanceof Entry.FileEntry file
                            ? file.content().sizeBytes()
                            : 0;
            boolean isLarge = size > context.settings().largeBytes();
            large += isLarge ? 1 : 0;
            bytes += isLarge ? 0 : size;
            boolean isTooMuch = bytes > context.settings().batchBytes() || large > MAX_LARGE;
            if (!portion.isEmpty() && isTooMuch) {
                break;
            }
            portion.add(work);
        }
        return portion;
    }

    /** The report, where it differs from the last one; while work goes on not too often. */
    Mono<Report> reportNow(boolean isAtRest) {
        return reporting.report(position, isAtRest);
    }

    /** Remembers trouble of the target as a whole; how long to wait. */
    Duration failed(SyncException failure) {
        failures++;
        isRecoveryDue = true;
        isRoomNeeded |= failure.code() == ErrorCode.NO_SPACE;
        reporting.trouble(failure);
        return WorkLoop.backoff(failures, context.settings().firstRetry(), Duration.ofSeconds(10));
    }

    void recovered() {
        failures = 0;
        reporting.noTrouble();
    }

    /** Gives back whatever is held, and all of it: a state left open cannot be opened again. */
    Mono<Void> close() {
        Mono<Void> release = isClaimed ? context.ports().tree().release() : Mono.empty();
        return Flux.concatDelayError(context.ports().state().close(), release).then();
    }
}
