package io.driftless.indexer;

import io.driftless.error.SyncException;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.SourceProofs;
import io.driftless.port.TreeReader;
import io.driftless.tree.FolderId;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * What every part of the index flow works with.
 *
 * @param holder the name under which this process takes leases
 */
public record IndexContext(
        FolderId folder,
        TreeReader tree,
        FolderIndex index,
        SourceProofs proofs,
        EventBus bus,
        IndexSettings settings,
        Scheduler timer,
        String holder) {
    private static final Logger LOG = LoggerFactory.getLogger(IndexFlow.class);

    Instant now() {
        return Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
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
                                        folder,
                                        what,
                                        failure.code().id(),
                                        failure.getMessage()));
    }
}
