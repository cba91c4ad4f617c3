package io.driftless.reconciler;

import io.driftless.flow.Backoff;
import io.driftless.hosting.Allowed;
import io.driftless.retention.Retention;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Settings of the reconcile flow, see {@link ReconcileSettings} and {@link GarbageSettings}. */
@ConfigurationProperties(prefix = "driftless.reconcile", ignoreUnknownFields = false)
record ReconcileProperties(
        @DefaultValue("1h") String sourceRunEvery,
        @DefaultValue("1s") Duration watchRun,
        @DefaultValue("10m") Duration collectEvery,
        @DefaultValue("6h") Duration searchEvery,
        @DefaultValue("24h") Duration retainFor,
        @DefaultValue("100") int retainCommits,
        @DefaultValue("30d") Duration forgetTargetsAfter,
        @DefaultValue("24h") Duration grace,
        @DefaultValue("100") int checkPages,
        @DefaultValue("4") int checkPacks,
        @DefaultValue("30s") Duration leaseLife,
        @DefaultValue ApiProperties api) {
    private static final String KEY = "driftless.reconcile.";
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration YEAR = Duration.ofDays(365);

    ReconcileProperties {
        Schedule.parse(KEY + "source-run-every", sourceRunEvery);
        Allowed.between(KEY + "watch-run", watchRun, Duration.ofMillis(10), Duration.ofMinutes(1));
        Allowed.between(KEY + "collect-every", collectEvery, SECOND, DAY);
        Allowed.between(KEY + "search-every", searchEvery, SECOND, DAY.multipliedBy(30));
        Allowed.between(KEY + "retain-for", retainFor, Duration.ZERO, YEAR);
        Allowed.between(KEY + "retain-commits", retainCommits, 1, 1_000_000);
        Allowed.between(KEY + "forget-targets-after", forgetTargetsAfter, SECOND, YEAR);
        Allowed.between(KEY + "grace", grace, SECOND, YEAR);
        Allowed.between(KEY + "check-pages", checkPages, 1, 10_000);
        Allowed.between(KEY + "check-packs", checkPacks, 0, 1_000);
        Allowed.between(KEY + "lease-life", leaseLife, Duration.ofSeconds(3), DAY);
    }

    ReconcileSettings settings() {
        return new ReconcileSettings(
                Schedule.parse(KEY + "source-run-every", sourceRunEvery),
                watchRun,
                Backoff.DEFAULT);
    }

    GarbageSettings garbage() {
        return new GarbageSettings(
                collectEvery,
                searchEvery,
                new Retention(retainFor, retainCommits, forgetTargetsAfter),
                grace,
                checkPages,
                checkPacks,
                leaseLife,
                GarbageSettings.DEFAULT.batch());
    }
}
