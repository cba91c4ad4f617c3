package io.driftless.adapter.memory;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One right that one holder has at a time. */
final class LeaseRow {
    private long token;
    private Optional<String> holder = Optional.empty();
    private Instant until = Instant.MIN;

    /** The token; empty where another holder has it. */
    Optional<Long> take(String candidate, Duration life, Instant now) {
        boolean isHeld = holder.isPresent() && now.isBefore(until);
        boolean isOurs = isHeld && holder.equals(Optional.of(candidate));
        if (isHeld && !isOurs) {
            return Optional.empty();
        }
        if (!isOurs) {
            token++;
        }
        holder = Optional.of(candidate);
        until = now.plus(life);
        return Optional.of(token);
    }

    void release(long given) {
        if (given == token) {
            holder = Optional.empty();
        }
    }

    boolean isHeldBy(long given) {
        return given == token;
    }
}
