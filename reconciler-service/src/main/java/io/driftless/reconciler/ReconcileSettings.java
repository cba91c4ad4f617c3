package io.driftless.reconciler;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.Backoff;
import java.time.Duration;

/**
 * Settings of the reconcile flow.
 *
 * @param sourceRunEvery from the end of one full scan of the source to the begin of the next
 * @param watchRun how often a run under way is asked for
 * @param backoff between tries to order a run
 */
public record ReconcileSettings(Duration sourceRunEvery, Duration watchRun, Backoff backoff) {
    public ReconcileSettings {
        if (sourceRunEvery.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.reconcile.source-run-every is "
                            + sourceRunEvery
                            + ", allowed is 1 s and up.");
        }
    }

    public static ReconcileSettings defaults() {
        return new ReconcileSettings(Duration.ofHours(1), Duration.ofMillis(50), Backoff.DEFAULT);
    }
}
