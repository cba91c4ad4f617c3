package io.driftless.adapter.memory;

import io.driftless.block.BlockLocation;
import io.driftless.block.PageHash;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.path.EntryPath;
import io.driftless.port.GarbageIndex;
import io.driftless.retention.Retention;
import io.driftless.retention.Retention.Applying;
import io.driftless.retention.Retention.Standing;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Garbage in the tables of a {@link MemoryIndex}, under its lock. */
final class MemoryGarbage implements GarbageIndex {
    private final MemoryIndex index;
    private final InstantSource clock;
    private final Map<FolderId, Collecting> folders = new HashMap<>();

    /** What only the collector keeps of a folder. */
    private static final class Collecting {
        final LeaseRow lease = new LeaseRow();
        final Map<TargetId, Said> targets = new HashMap<>();
        long searched;
    }

    private record Said(Heard what, Instant at) {}

    MemoryGarbage(MemoryIndex index, InstantSource clock) {
        this.index = index;
        this.clock = clock;
    }

    @Override
    public Mono<Optional<Lease>> lease(FolderId folder, String holder, Duration life) {
        return index.call(() ->
                collecting(folder)
                        .lease
                        .take(holder, life, clock.instant())
                        .map(token -> new Lease(folder, holder, token)));
    }

    @Override
    public Mono<Void> releaseLease(Lease lease) {
        return index.call(
                        () -> {
                            collecting(lease.folder()).lease.release(lease.token());
                            return true;
                        })
                .then();
    }

    @Override
    public Mono<Void> heard(FolderId folder, List<Heard> targets) {
        return index.call(
                        () -> {
                            targets.forEach(one ->
                                    collecting(folder)
                                            .targets
                                            .merge(
                                                    one.target(),
                                                    new Said(one, clock.instant()),
                                                    MemoryGarbage::newer));
                            return true;
                        })
                .then();
    }

    private static Said newer(Said before, Said next) {
        return before.what().equals(next.what()) ? before : next;
    }

    @Override
    public Mono<Optional<Standing>> standing(FolderId folder, Retention retention) {
        return index.call(() -> {
            Instant now = clock.instant();
            List<Applying> targets =
                    collecting(folder).targets.values().stream()
                            .map(said -> applying(said, now))
                            .toList();
            FolderState state = index.state(folder);
            return state.commits()
                    .newest()
                    .map(_ -> state.commits().standing(retention, targets, now));
        });
    }

    private static Applying applying(Said said, Instant now) {
        Heard what = said.what();
        return new Applying(
                what.target(),
                what.incarnation(),
                what.seq(),
                what.left(),
                Duration.between(said.at(), now));
    }

    @Override
    public Mono<List<Commit>> commitsBefore(FolderId folder, long seq, int limit) {
        return index.call(() -> index.state(folder).commits().before(seq, limit));
    }

    @Override
    public Mono<Void> dropCommits(Lease lease, List<Long> seqs) {
        return fenced(
                        lease,
                        state -> {
                            state.commits().drop(seqs);
                            return true;
                        })
                .then();
    }

    @Override
    public Mono<Optional<Search>> beginSearch(Lease lease) {
        return fenced(
                lease,
                state ->
                        newest(state)
                                .filter(seq -> seq > collecting(lease.folder()).searched)
                                .map(seq -> new Search(lease, seq)));
    }

    private static Optional<Long> newest(FolderState state) {
        return state.commits().newest().map(Commit::seq);
    }

    @Override
    public Mono<Void> see(Search search, Set<UUID> packs, Set<PageHash> lists) {
        return index.call(
                        () -> {
                            FolderState state = index.state(search.lease().folder());
                            state.packs().rows().see(packs, search.seq());
                            state.pages().see(lists, search.seq());
                            return true;
                        })
                .then();
    }

    @Override
    public Mono<Void> endSearch(Search search) {
        return fenced(
                        search.lease(),
                        state -> {
                            newest(state)
                                    .filter(newest -> newest >= search.seq())
                                    .ifPresent(newest -> {
                                        state.packs().rows().dropUnseen(search.seq(), newest);
                                        state.pages().dropUnseen(search.seq(), newest);
                                        collecting(search.lease().folder()).searched = search.seq();
                                    });
                            return true;
                        })
                .then();
    }

    @Override
    public Mono<Long> condemn(Lease lease, long oldestRetained, int limit) {
        return fenced(
                lease,
                state ->
                        state.packs().rows().condemn(oldestRetained, limit)
                                + state.pages().condemn(oldestRetained, limit));
    }

    @Override
    public Mono<Garbage> bury(Lease lease, long oldestRetained, Duration grace, int limit) {
        return fenced(
                lease,
                state ->
                        new Garbage(
                                state.packs().bury(oldestRetained, grace, limit),
                                state.pages().bury(oldestRetained, grace, limit)));
    }

    @Override
    public Mono<Garbage> buried(FolderId folder, Duration grace, int limit) {
        return index.call(() -> {
            FolderState state = index.state(folder);
            return new Garbage(
                    state.packs().rows().buried(grace, limit), state.pages().buried(grace, limit));
        });
    }

    @Override
    public Mono<Void> forget(Lease lease, Garbage garbage) {
        return fenced(
                        lease,
                        state -> {
                            state.packs().rows().forget(garbage.packs());
                            state.pages().forget(garbage.pages());
                            return true;
                        })
                .then();
    }

    @Override
    public Mono<List<PageHash>> livePages(FolderId folder, Optional<PageHash> after, int limit) {
        return index.call(() -> index.state(folder).pages().needed(after, limit));
    }

    @Override
    public Mono<List<UUID>> livePacks(FolderId folder, Optional<UUID> after, int limit) {
        return index.call(() -> index.state(folder).packs().rows().needed(after, limit));
    }

    @Override
    public Mono<List<BlockLocation>> blocksIn(FolderId folder, UUID pack) {
        return index.call(() -> index.state(folder).packs().blocksIn(pack));
    }

    @Override
    public Mono<Boolean> abandon(Lease lease, UUID pack) {
        return fenced(lease, state -> state.packs().abandon(pack));
    }

    @Override
    public Mono<Void> storeAgain(Lease lease, Collection<EntryPath> paths) {
        return fenced(
                        lease,
                        state -> {
                            paths.forEach(state.rows()::remind);
                            return true;
                        })
                .then();
    }

    void forgetSearch(FolderId folder) {
        collecting(folder).searched = 0;
    }

    void lose() {
        folders.clear();
    }

    private Collecting collecting(FolderId folder) {
        return folders.computeIfAbsent(folder, _ -> new Collecting());
    }

    private <T> Mono<T> fenced(Lease lease, Function<FolderState, T> work) {
        return index.call(() -> {
            if (!collecting(lease.folder()).lease.isHeldBy(lease.token())) {
                throw SyncException.leaseLost(lease.folder().value());
            }
            return work.apply(index.state(lease.folder()));
        });
    }
}
