package io.driftless.adapter.memory;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.RemovalGuard.Window;
import io.driftless.guard.Standing;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.port.GarbageIndex;
import io.driftless.port.IndexRecovery;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.SourceProofs;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Stat;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The index ports in memory. It stands for the database: it outlives the flows that use it, and a
 * flow that is cut off anywhere leaves either all or nothing of a call behind. Calls do their work
 * at once, on whatever thread subscribes, one after the other.
 */
public final class MemoryIndex
        implements FolderIndex, PackIndex, CommitLog, ParkedRemovals, IndexRecovery {
    private static final int MAX_BUFFERED_SIGNALS = 256;

    private final InstantSource clock;
    private final Map<FolderId, FolderState> folders = new HashMap<>();
    private final Map<UUID, Run> runs = new HashMap<>();
    private final Sinks.Many<FolderId> stored = Sinks.many().multicast().directBestEffort();
    private long lastVersion;

    private final MemoryGarbage garbage;

    public MemoryIndex(InstantSource clock) {
        this.clock = clock;
        this.garbage = new MemoryGarbage(this, clock);
    }

    /** The fourth port, on the same tables. */
    public GarbageIndex garbage() {
        return garbage;
    }

    /** The reading of the source, on the same tables. */
    public SourceProofs proofs() {
        return new MemoryProofs(this, clock);
    }

    @Override
    public Mono<Folder> open(FolderId folder, UUID incarnationIfNew) {
        Folder fresh = new Folder(folder, incarnationIfNew);
        return call(() ->
                folders.computeIfAbsent(folder, _ -> FolderState.of(fresh, clock))
                        .commits()
                        .folder());
    }

    @Override
    public Mono<List<Row>> rows(FolderId folder, Collection<EntryPath> paths) {
        return ofRows(folder, rows -> rows.of(paths));
    }

    @Override
    public Mono<List<Row>> rowsBelow(
            FolderId folder,
            EntryPath directory,
            EntryPath after,
            Optional<EntryPath> through,
            int limit) {
        return ofRows(folder, rows -> rows.below(directory, after, through, limit));
    }

    @Override
    public Mono<List<Row>> children(
            FolderId folder, EntryPath directory, Optional<EntryPath> after, int limit) {
        return ofRows(folder, rows -> rows.children(directory, after, limit));
    }

    @Override
    public Mono<List<Row>> rowsOfInodes(FolderId folder, Collection<Inode> inodes) {
        return ofRows(folder, rows -> rows.ofInodes(inodes));
    }

    @Override
    public Mono<Version> latest() {
        return call(() -> new Version(lastVersion));
    }

    @Override
    public Mono<List<Optional<Version>>> write(
            FolderId folder, List<RowWrite> writes, Version began) {
        return call(() -> {
            writes.forEach(FolderRows::checkBlocks);
            return writes.stream().map(write -> written(folder, write, began)).toList();
        });
    }

    private Optional<Version> written(FolderId folder, RowWrite write, Version began) {
        Optional<Version> version =
                state(folder).rows().write(write, began, () -> new Version(++lastVersion));
        if (version.isPresent()) {
            state(folder).proofs().written(write.path(), clock.instant());
        }
        return version;
    }

    @Override
    public Mono<List<BlockRef>> blocksOf(FolderId folder, ContentId content) {
        return ofRows(folder, rows -> rows.blocksOf(content));
    }

    @Override
    public Mono<List<Row>> dirtyRows(FolderId folder, Optional<EntryPath> after, int limit) {
        return ofRows(folder, rows -> rows.dirty(after, limit));
    }

    @Override
    public Mono<List<Row>> dueRows(FolderId folder, Instant dueBy, int limit) {
        return ofRows(folder, rows -> rows.due(false, dueBy, limit));
    }

    @Override
    public Mono<List<Row>> dueLargeRows(FolderId folder, Instant dueBy, int limit) {
        return ofRows(folder, rows -> rows.due(true, dueBy, limit));
    }

    @Override
    public Mono<List<Tally>> tally(FolderId folder) {
        return ofRows(folder, FolderRows::tally);
    }

    @Override
    public Mono<List<Row>> sample(FolderId folder, int count) {
        return ofRows(folder, rows -> rows.sample(count));
    }

    @Override
    public Mono<Set<EntryPath>> mounts(FolderId folder) {
        return ofRows(folder, FolderRows::mounts);
    }

    @Override
    public Mono<Void> keepMounts(
            FolderId folder, Set<EntryPath> mounted, Set<EntryPath> unmounted) {
        return run(() -> state(folder).rows().keepMounts(mounted, unmounted));
    }

    @Override
    public Mono<Run> beginRun(FolderId folder, UUID run, Instant now) {
        Run fresh =
                new Run(run, folder, now, Optional.empty(), 0, Optional.empty(), Optional.empty());
        return call(() -> {
            Run before = runs.putIfAbsent(run, fresh);
            return before == null ? fresh : before;
        });
    }

    @Override
    public Mono<Void> advanceRun(UUID run, EntryPath cursor, long looked) {
        return run(
                () -> runs.computeIfPresent(run, (_, before) -> advanced(before, cursor, looked)));
    }

    private static Run advanced(Run run, EntryPath cursor, long looked) {
        return run.ended().isPresent()
                ? run
                : new Run(
                        run.id(),
                        run.folder(),
                        run.began(),
                        Optional.of(cursor),
                        looked,
                        run.ended(),
                        run.endVersion());
    }

    @Override
    public Mono<Run> endRun(UUID run, Instant now) {
        return call(() -> {
            Run ended = runs.computeIfPresent(run, (_, before) -> ended(before, now));
            if (ended == null) {
                throw new SyncException(
                        ErrorCode.INVARIANT_BROKEN, "Run " + run + " was never begun.");
            }
            return ended;
        });
    }

    private Run ended(Run run, Instant now) {
        return run.ended().isPresent()
                ? run
                : new Run(
                        run.id(),
                        run.folder(),
                        run.began(),
                        run.cursor(),
                        run.looked(),
                        Optional.of(now),
                        Optional.of(new Version(lastVersion)));
    }

    @Override
    public Mono<Boolean> isSeen(FolderId folder) {
        return ofRows(
                folder,
                rows ->
                        runs.values().stream()
                                .filter(run -> run.folder().equals(folder))
                                .flatMap(run -> run.endVersion().stream())
                                .min(Comparator.naturalOrder())
                                .filter(rows::isSeen)
                                .isPresent());
    }

    @Override
    public Mono<Optional<Run>> run(UUID run) {
        return call(() -> Optional.ofNullable(runs.get(run)));
    }

    @Override
    public Mono<Boolean> isSettled(FolderId folder, Version through) {
        return ofRows(folder, rows -> rows.isSettled(through));
    }

    @Override
    public Mono<Void> saveProgress(
            FolderId folder, EntryPath path, Stat stat, List<BlockRef> blocks) {
        return run(() -> state(folder).rows().saveProgress(path, stat, blocks));
    }

    @Override
    public Mono<List<BlockRef>> progress(FolderId folder, EntryPath path, Stat stat) {
        return ofRows(folder, rows -> rows.progress(path, stat));
    }

    @Override
    public Mono<Map<BlockHash, BlockLocation>> locate(FolderId folder, Set<BlockHash> blocks) {
        return call(() -> state(folder).packs().locate(blocks));
    }

    @Override
    public Mono<Void> beginPacks(FolderId folder, List<UUID> packs) {
        return run(() -> state(folder).packs().begin(packs));
    }

    @Override
    public Mono<Void> finishPack(
            FolderId folder, UUID pack, long sizeBytes, List<BlockLocation> blocks) {
        return run(() -> state(folder).packs().finish(pack, blocks)).then(announce(folder));
    }

    @Override
    public Flux<FolderId> stored() {
        return stored.asFlux()
                .onBackpressureBuffer(MAX_BUFFERED_SIGNALS, BufferOverflowStrategy.DROP_OLDEST);
    }

    /**
     * Outside the lock: a listener may call back. With nobody listening the signal is lost, as it
     * may be.
     */
    @Override
    public Mono<Void> announce(FolderId folder) {
        return Mono.fromRunnable(() -> stored.tryEmitNext(folder));
    }

    /** What garbage collection, or its planted bug, does to a pack. */
    public Mono<Void> setPackState(FolderId folder, UUID pack, PackState state) {
        return run(() -> state(folder).packs().rows().set(pack, state));
    }

    /** {@link PackState#GONE} also for a pack that never was. */
    public Mono<PackState> packState(FolderId folder, UUID pack) {
        return call(() -> state(folder).packs().rows().state(pack));
    }

    @Override
    public Mono<Optional<Lease>> lease(FolderId folder, String holder, Duration life) {
        return ofCommits(folder, commits -> commits.lease(holder, life, clock.instant()));
    }

    @Override
    public Mono<Void> releaseLease(Lease lease) {
        return run(() -> state(lease.folder()).commits().release(lease));
    }

    @Override
    public Mono<Optional<Commit>> newest(FolderId folder) {
        return ofCommits(folder, FolderCommits::newest);
    }

    @Override
    public Mono<List<Entry>> committed(FolderId folder, Collection<EntryPath> paths) {
        return ofCommits(folder, commits -> commits.committed(paths));
    }

    @Override
    public Mono<List<Entry>> committedBelow(
            FolderId folder, EntryPath directory, Optional<EntryPath> after, int limit) {
        return ofCommits(folder, commits -> commits.committedBelow(directory, after, limit));
    }

    @Override
    public Mono<List<Entry>> lastBelow(FolderId folder, EntryPath directory, int limit) {
        return ofCommits(folder, commits -> commits.lastBelow(directory, limit));
    }

    @Override
    public Mono<Long> countBelow(FolderId folder, EntryPath directory) {
        return ofCommits(folder, commits -> commits.countBelow(directory));
    }

    @Override
    public Mono<Void> beginPages(FolderId folder, Set<PageHash> pages) {
        return run(() -> pages.forEach(state(folder).pages()::begin));
    }

    @Override
    public Mono<Optional<Refusal>> commit(Lease lease, Draft draft) {
        return ofCommits(lease.folder(), commits -> commits.commit(lease, draft, clock.instant()));
    }

    @Override
    public Mono<List<Commit>> unsent(FolderId folder, int limit) {
        return ofCommits(folder, commits -> commits.unsent(limit));
    }

    @Override
    public Mono<Void> sent(FolderId folder, long seq) {
        return run(() -> state(folder).commits().sent(seq));
    }

    @Override
    public Mono<Window> window(FolderId folder, Duration length) {
        return ofParked(folder, parked -> parked.window(clock.instant().minus(length)));
    }

    @Override
    public Mono<Void> count(FolderId folder, Loss loss) {
        return run(() -> state(folder).parked().count(loss, clock.instant()));
    }

    @Override
    public Mono<List<Standing>> standings(FolderId folder, Collection<EntryPath> paths) {
        return ofParked(folder, parked -> parked.standings(paths));
    }

    @Override
    public Mono<Optional<Standing>> keptBelow(FolderId folder, EntryPath directory) {
        return ofParked(folder, parked -> parked.keptBelow(directory));
    }

    @Override
    public Mono<Optional<Open>> open(FolderId folder, Duration within, int limit) {
        return ofParked(folder, parked -> parked.open(clock.instant().minus(within), limit));
    }

    @Override
    public Mono<Boolean> park(FolderId folder, Parking parking) {
        return ofParked(folder, parked -> parked.park(parking, clock.instant()));
    }

    @Override
    public Mono<List<ParkedSet>> sets(FolderId folder) {
        return ofParked(folder, FolderParked::all);
    }

    @Override
    public Mono<Boolean> decide(FolderId folder, ApprovalId set, Decision decision) {
        return ofParked(folder, parked -> parked.decide(set, decision));
    }

    @Override
    public Mono<IndexRecovery.Known> known(FolderId folder) {
        return ofCommits(folder, FolderCommits::begun);
    }

    @Override
    public Mono<Void> restore(Lease lease, Span span) {
        return held(lease, commits -> commits.restore(span, () -> new Version(++lastVersion)));
    }

    @Override
    public Mono<Void> restoreMounts(Lease lease, Set<EntryPath> mounts) {
        return held(
                lease, commits -> commits.restoreMounts(mounts, () -> new Version(++lastVersion)));
    }

    @Override
    public Mono<Void> beginRestore(Lease lease) {
        return held(lease, FolderCommits::beginRestore);
    }

    @Override
    public Mono<Void> adopt(Lease lease, UUID pack, List<BlockLocation> blocks) {
        return held(lease, commits -> commits.adopt(pack, blocks));
    }

    @Override
    public Mono<Void> restoreCommits(Lease lease, List<Commit> made) {
        return held(lease, commits -> commits.restoreCommits(made, clock.instant()));
    }

    @Override
    public Mono<Void> forgetCommits(Lease lease) {
        return held(lease, FolderCommits::forgetCommits)
                .then(run(() -> garbage.forgetSearch(lease.folder())));
    }

    @Override
    public Mono<Void> begin(Lease lease, UUID incarnation) {
        return held(lease, commits -> commits.begin(incarnation));
    }

    /** Everything is gone, as with the disk of a database. */
    public synchronized void lose() {
        folders.clear();
        runs.clear();
        garbage.lose();
        lastVersion = 0;
    }

    private Mono<Void> held(Lease lease, Consumer<FolderCommits> work) {
        return run(() -> work.accept(state(lease.folder()).commits().under(lease)));
    }

    private <T> Mono<T> ofParked(FolderId folder, Function<FolderParked, T> work) {
        return call(() -> work.apply(state(folder).parked()));
    }

    private <T> Mono<T> ofRows(FolderId folder, Function<FolderRows, T> work) {
        return call(() -> work.apply(state(folder).rows()));
    }

    private <T> Mono<T> ofCommits(FolderId folder, Function<FolderCommits, T> work) {
        return call(() -> work.apply(state(folder).commits()));
    }

    private Mono<Void> run(Runnable work) {
        return call(
                        () -> {
                            work.run();
                            return true;
                        })
                .then();
    }

    private synchronized <T> T locked(Callable<T> work) throws Exception {
        return work.call();
    }

    <T> Mono<T> call(Callable<T> work) {
        return Mono.fromCallable(() -> locked(work));
    }

    FolderState state(FolderId folder) {
        FolderState state = folders.get(folder);
        if (state == null) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN, "Folder " + folder + " was never opened.");
        }
        return state;
    }
}
