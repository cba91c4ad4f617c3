package io.driftless.agent;

import static io.driftless.port.TargetState.NOT_TRIED;

import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Work;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Stat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Does the work that is due: directories, files and symlinks, removals, directories' metadata; of
 * the first kind that has any, as much as fits in one batch.
 */
final class WorkStep {
    /**
     * What a round has staged is staged anew where a crash ends it before all of it is placed, so
     * large files are few.
     */
    private static final int MAX_LARGE = 32;

    private final AgentContext context;
    private final ExtrasGuard guard;
    private final Settling settling;
    private final TreeStep trees;
    private final ContentStep contents;

    /** Removals of this session waited, so what is around them was done with before. */
    private boolean haveWaited;

    /** The disk was full: what is to go goes before more comes. */
    private boolean isRoomWanted;

    WorkStep(
            AgentContext context,
            ExtrasGuard guard,
            Settling settling,
            TreeStep trees,
            ContentStep contents) {
        this.context = context;
        this.guard = guard;
        this.settling = settling;
        this.trees = trees;
        this.contents = contents;
    }

    /** What was done. */
    enum Did {
        NOTHING,
        SOMETHING,
        /** Files or symlinks: partial files may be there now. */
        CONTENT,
        /** Directories, of which one that had been there was lost with all that was in it. */
        LOST_DIRECTORY
    }

    /**
     * @param isWhole whether what is not desired is to go
     */
    Mono<Did> next(boolean isWhole) {
        haveWaited |= !isWhole;
        return due(Kind.DIRECTORY)
                .flatMap(works ->
                        works.isEmpty()
                                ? contents(isWhole)
                                : trees.makeDirectories(works)
                                        .map(isLoss ->
                                                isLoss ? Did.LOST_DIRECTORY : Did.SOMETHING));
    }

    /**
     * A file where our own directory still stands waits until what was in the directory is removed.
     * So does what failed: it may be for what is to go that it does, as where the disk is full.
     */
    private Mono<Did> contents(boolean isWhole) {
        isRoomWanted = isWhole && (isRoomWanted || settling.takeShortage());
        return due(Kind.CONTENT, isWhole ? NOT_TRIED : context.steady())
                .flatMap(works -> {
                    List<Work> free = free(works);
                    if (!free.isEmpty() && !isRoomWanted) {
                        return apply(free);
                    }
                    return isWhole ? removals() : metadata();
                });
    }

    private static List<Work> free(List<Work> works) {
        return works.stream().filter(work -> !isOnDirectory(work)).toList();
    }

    private static boolean isOnDirectory(Work work) {
        return work.applied()
                .map(Applied::stat)
                .filter(stat -> stat.kind() == Stat.Kind.DIRECTORY)
                .isPresent();
    }

    private Mono<Did> removals() {
        return due(Kind.REMOVAL)
                .flatMap(works -> {
                    List<Work> askable = guard.askable(works);
                    haveWaited |= askable.size() < works.size();
                    if (!askable.isEmpty()) {
                        return removeAllowed(askable)
                                .then(Mono.defer(() -> describeAround(askable)))
                                .thenReturn(Did.SOMETHING);
                    }
                    if (works.isEmpty()) {
                        guard.rest();
                    }
                    isRoomWanted = false;
                    return contentsLeft(works.isEmpty());
                });
    }

    /** What failed, and what was in the way of what is removed. */
    private Mono<Did> contentsLeft(boolean isAllRemoved) {
        return due(Kind.CONTENT)
                .map(works -> isAllRemoved ? works : free(works))
                .flatMap(works -> works.isEmpty() ? metadata() : apply(works));
    }

    /** What waits for somebody is put off, unless it is gone by now. */
    private Mono<Void> removeAllowed(List<Work> works) {
        return guard.mayGo(works)
                .flatMap(mayGo -> {
                    if (mayGo) {
                        return trees.remove(works);
                    }
                    haveWaited = true;
                    List<Work> ours = works.stream().filter(work -> !work.isExtra()).toList();
                    List<Work> extras = works.stream().filter(Work::isExtra).toList();
                    return trees.hold(extras)
                            .then(ours.isEmpty() ? Mono.empty() : trees.remove(ours));
                });
    }

    /** Directories get their times when all else is done, which it was while removals waited. */
    private Mono<Void> describeAround(List<Work> removed) {
        if (!haveWaited) {
            return Mono.empty();
        }
        var state = context.ports().state();
        return state.knownOf(removed.stream().map(work -> work.path().parent()).distinct().toList())
                .map(around ->
                        around.stream()
                                .filter(known ->
                                        known.desired()
                                                .filter(DirectoryEntry.class::isInstance)
                                                .isPresent())
                                .map(known ->
                                        new Demand(known.path(), Kind.DIRECTORY_METADATA, false))
                                .toList())
                .flatMap(state::demand);
    }

    /** True where there was something to remove. */
    Mono<Boolean> remove() {
        return due(Kind.REMOVAL)
                .map(guard::askable)
                .flatMap(works ->
                        works.isEmpty() ? Mono.just(false) : removeAllowed(works).thenReturn(true));
    }

    private Mono<Did> apply(List<Work> works) {
        return contents.apply(portion(works)).thenReturn(Did.CONTENT);
    }

    private Mono<Did> metadata() {
        return due(Kind.DIRECTORY_METADATA)
                .flatMap(works ->
                        works.isEmpty()
                                ? Mono.just(Did.NOTHING)
                                : trees.setDirectoryMetadata(works).thenReturn(Did.SOMETHING));
    }

    private Mono<List<Work>> due(Kind kind) {
        return due(kind, context.steady());
    }

    private Mono<List<Work>> due(Kind kind, Instant now) {
        return context.ports().state().work(kind, now, context.settings().batchEntries());
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
}
