package io.driftless.source;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.TreeReader;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Knows the source's root again. The directory that its row was made of is the root. Device and
 * inode may change with a reboot, a remount or a restore: then it is the root where a part of what
 * is known is still there. Anything else under the root's name is waited out.
 */
public final class RootCheck {
    private static final int SAMPLE = 64;

    /** One in so many of the sample has to be there. */
    private static final int PART = 4;

    private static final Duration EVERY = Duration.ofSeconds(5);

    private final FolderId folder;
    private final TreeReader tree;
    private final FolderIndex index;
    private final Scheduler timer;
    private final boolean acceptsAny;
    private final AtomicReference<Optional<SyncException>> trouble =
            new AtomicReference<>(Optional.empty());
    private final AtomicBoolean wasFound = new AtomicBoolean();

    public RootCheck(FolderId folder, TreeReader tree, FolderIndex index, Scheduler timer) {
        this(folder, tree, index, timer, false);
    }

    private RootCheck(
            FolderId folder,
            TreeReader tree,
            FolderIndex index,
            Scheduler timer,
            boolean acceptsAny) {
        this.folder = folder;
        this.tree = tree;
        this.index = index;
        this.timer = timer;
        this.acceptsAny = acceptsAny;
    }

    /** One for which whatever is under the name is the source, if so it is said. */
    public RootCheck accepting(boolean any) {
        return new RootCheck(folder, tree, index, timer, any);
    }

    /** Why the source is not looked at now. */
    public Optional<SyncException> trouble() {
        return trouble.get();
    }

    /** Whether the directory under the root's name was ever found to be the source. */
    public boolean wasFound() {
        return wasFound.get();
    }

    /** Completes once the directory under the root's name is the source. */
    public Mono<Void> found() {
        return found(true);
    }

    private Mono<Void> found(boolean isFirstContact) {
        return Mono.defer(() -> tree.adopt(reader -> isRight(reader, isFirstContact)))
                .flatMap(isFound -> isFound ? Mono.<Void>empty() : Mono.error(this::unknown))
                .doOnError(SyncException.class, lost -> trouble.set(Optional.of(lost)))
                .doOnSuccess(none -> {
                    trouble.set(Optional.empty());
                    wasFound.set(true);
                });
    }

    private SyncException unknown() {
        return new SyncException(
                ErrorCode.ROOT_LOST,
                "What is under the root's name holds nothing of what is known of the source.");
    }

    /** Finds a root again that was lost; never emits and never ends. */
    public <T> Flux<T> findAgain() {
        return Flux.interval(EVERY, timer)
                .onBackpressureDrop()
                .concatMap(
                        tick ->
                                tree.look(List.of(EntryPath.ROOT))
                                        .then(
                                                Mono.fromRunnable(
                                                        () -> trouble.set(Optional.empty())))
                                        .then()
                                        .onErrorResume(RootCheck::isLost, lost -> found(false))
                                        .onErrorResume(SyncException.class, lost -> Mono.empty()),
                        1)
                .thenMany(Flux.<T>empty());
    }

    private static boolean isLost(Throwable failure) {
        return failure instanceof SyncException known && known.code() == ErrorCode.ROOT_LOST;
    }

    /**
     * @param isFirstContact where nothing is known, whatever is there is the source
     */
    private Mono<Boolean> isRight(TreeReader reader, boolean isFirstContact) {
        if (acceptsAny) {
            return Mono.just(true);
        }
        return index.rows(folder, List.of(EntryPath.ROOT))
                .zipWith(reader.look(List.of(EntryPath.ROOT)))
                .flatMap(root ->
                        isSame(root.getT1(), root.getT2().getFirst())
                                ? Mono.just(true)
                                : isFamiliar(reader, isFirstContact));
    }

    private static boolean isSame(List<Row> rows, Found found) {
        return found instanceof Found.Present present
                && rows.stream()
                        .flatMap(row -> row.stat().stream())
                        .anyMatch(present.stat()::isSameInode);
    }

    private Mono<Boolean> isFamiliar(TreeReader reader, boolean isFirstContact) {
        return index.sample(folder, SAMPLE)
                .flatMap(rows ->
                        rows.isEmpty()
                                ? Mono.just(isFirstContact)
                                : reader.look(rows.stream().map(Row::path).toList())
                                        .map(found -> matches(rows, found) * PART >= rows.size()));
    }

    private static long matches(List<Row> rows, List<Found> found) {
        Map<EntryPath, Entry> known = new HashMap<>();
        rows.forEach(row -> row.entry().ifPresent(entry -> known.put(row.path(), entry)));
        return found.stream()
                .filter(one ->
                        one instanceof Found.Present(EntryPath path, Stat stat, var _, var _)
                                && isLike(stat, known.get(path)))
                .count();
    }

    /** Names and kinds are alike in many trees, times to the nanosecond are not. */
    private static boolean isLike(Stat stat, @Nullable Entry known) {
        return known != null
                && stat.metadata().modified().equals(known.metadata().modified())
                && switch (known) {
                    case Entry.FileEntry file ->
                            stat.kind() == Stat.Kind.FILE
                                    && stat.sizeBytes() == file.content().sizeBytes();
                    case Entry.DirectoryEntry _ -> stat.kind() == Stat.Kind.DIRECTORY;
                    case Entry.SymlinkEntry _ -> stat.kind() == Stat.Kind.SYMLINK;
                };
    }
}
