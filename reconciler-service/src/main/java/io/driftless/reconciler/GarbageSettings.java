package io.driftless.reconciler;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.retention.Retention;
import java.time.Duration;

/**
 * Settings of garbage collection.
 *
 * @param collectEvery from the end of one collection to the begin of the next
 * @param searchEvery how often at most the committed entries are searched for packs that nothing
 *     needs any more; without a commit since the last time there is no search
 * @param retention which commits stay
 * @param grace how long something is dying, and then gone, before the next step; also how long an
 *     upload may take
 * @param checkPages how many pages of the newest commit a collection reads back from the store
 * @param checkPacks how many packs of the newest commit a collection reads back; 0: none but those
 *     that targets doubt
 * @param leaseLife how long the right to collect lasts without renewal
 * @param batch how many packs, pages or commits one call is about
 */
public record GarbageSettings(
        Duration collectEvery,
        Duration searchEvery,
        Retention retention,
        Duration grace,
        int checkPages,
        int checkPacks,
        Duration leaseLife,
        int batch) {
    public static final GarbageSettings DEFAULT =
            new GarbageSettings(
                    Duration.ofMinutes(10),
                    Duration.ofHours(6),
                    Retention.DEFAULT,
                    Duration.ofHours(24),
                    100,
                    4,
                    Duration.ofSeconds(30),
                    500);

    public GarbageSettings {
        if (collectEvery.isZero() || collectEvery.isNegative() || batch < 1) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.reconcile.collect-every is %s with batches of %d; both must be more than nothing."
                            .formatted(collectEvery, batch));
        }
    }
}
