package io.driftless.transfer;

import io.driftless.committed.CommittedWalk;
import io.driftless.committed.LostPages;
import io.driftless.error.SyncException;
import io.driftless.event.Hint;
import io.driftless.flow.SteadyTime;
import io.driftless.path.EntryPath;
import io.driftless.port.BlockCodec;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitLog;
import io.driftless.port.CommitSigner;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.IndexRecovery;
import io.driftless.port.PackIndex;
import io.driftless.port.PageStore;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.TreeReader;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * What every part of the transfer flow works with.
 *
 * @param folder the folder; the incarnation of its commits is asked for with each lease
 * @param ids gives ids for packs; random, or seeded in a simulation
 * @param holder the name under which this process takes leases
 */
public record TransferContext(
        FolderIndex.Folder folder,
        Ports ports,
        TransferSettings settings,
        Scheduler timer,
        Supplier<UUID> ids,
        String holder) {
    private static final Logger LOG = LoggerFactory.getLogger(TransferFlow.class);

    /** The outside world. */
    public record Ports(
            TreeReader tree,
            FolderIndex index,
            PackIndex packs,
            CommitLog commits,
            IndexRecovery recovery,
            ParkedRemovals parked,
            BlockStore store,
            PageStore pages,
            BlockCodec codec,
            CommitSigner signer,
            EventBus bus) {}

    /** What makes pages again that the store lost. */
    LostPages lostPages() {
        var committed = new CommittedWalk(folder.id(), ports.commits(), ports.index());
        return new LostPages(folder.id(), committed, ports.packs(), ports.pages());
    }

    Instant now() {
        return Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    }

    /** For waits: see {@link SteadyTime}. */
    Instant steady() {
        return SteadyTime.of(timer);
    }

    /** Says that somebody should look at these paths. */
    Mono<Void> look(Collection<EntryPath> paths, Hint.Origin origin) {
        List<Hint> hints =
                paths.stream()
                        .map(path ->
                                Hint.entries(folder.id(), path.parent(), List.of(path), origin))
                        .toList();
        return hints.isEmpty() ? Mono.empty() : ports.bus().publish(hints);
    }

    /**
     * Tries again for ever what may pass by itself; the work so repeated is idempotent. A root that
     * is away is waited for.
     */
    Retry transientRetry(String what) {
        return settings.backoff()
                .forEver(
                        timer,
                        SyncException::mayPassAtSource,
                        failure ->
                                LOG.warn(
                                        "trying again folder={} step={} code={} cause={}",
                                        folder.id(),
                                        what,
                                        failure.code().id(),
                                        failure.getMessage()));
    }
}
