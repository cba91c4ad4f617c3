package io.driftless.reconciler;

import io.driftless.flow.Backoff;
import java.time.Duration;

/**
 * Settings of the reconcile flow.
 *
 * @param sourceRuns when full scans of the source begin after the first one
 * @param watchRun how often a run under way is asked for
 * @param backoff between tries to order a run
 */
public record ReconcileSettings(Schedule sourceRuns, Duration watchRun, Backoff backoff) {
    public static ReconcileSettings defaults() {
        return new ReconcileSettings(
                new Schedule.Every(Duration.ofHours(1)), Duration.ofMillis(50), Backoff.DEFAULT);
    }
}
