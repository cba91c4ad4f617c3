package io.driftless.reconciler;

import io.driftless.flow.Backoff;
import io.driftless.hosting.Allowed;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Settings of the reconcile flow, see {@link ReconcileSettings}. */
@ConfigurationProperties(prefix = "driftless.reconcile", ignoreUnknownFields = false)
record ReconcileProperties(
        @DefaultValue("1h") Duration sourceRunEvery, @DefaultValue("1s") Duration watchRun) {
    private static final String KEY = "driftless.reconcile.";

    ReconcileProperties {
        Allowed.between(
                KEY + "source-run-every",
                sourceRunEvery,
                Duration.ofSeconds(1),
                Duration.ofDays(30));
        Allowed.between(KEY + "watch-run", watchRun, Duration.ofMillis(10), Duration.ofMinutes(1));
    }

    ReconcileSettings settings() {
        return new ReconcileSettings(sourceRunEvery, watchRun, Backoff.DEFAULT);
    }
}
