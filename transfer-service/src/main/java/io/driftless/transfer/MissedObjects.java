package io.driftless.transfer;

import io.driftless.port.StoreFailures;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Objects that an index is to be made of, and that the store does not give. One that is lost is
 * done without at once. One that cannot be read may be given later, and doing without it costs more
 * than waiting: that is done only after a while. For one thread at a time.
 */
final class MissedObjects {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final TransferContext context;
    private Optional<Instant> unreadableSince = Optional.empty();

    MissedObjects(TransferContext context) {
        this.context = context;
    }

    /** True where the failure is of an object that is to be done without. */
    boolean isGone(Throwable failure) {
        return StoreFailures.isLost(failure)
                || StoreFailures.isOfOneObject(failure) && isMissedForLong();
    }

    private boolean isMissedForLong() {
        Instant now = context.steady();
        Instant since = unreadableSince.orElse(now);
        unreadableSince = Optional.of(since);
        return !now.isBefore(since.plus(PATIENCE));
    }

    /** Nothing is missed any more. */
    void forget() {
        unreadableSince = Optional.empty();
    }
}
