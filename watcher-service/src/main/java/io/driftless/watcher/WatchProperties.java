package io.driftless.watcher;

import io.driftless.flow.Backoff;
import io.driftless.hosting.Allowed;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the watch flow, see {@link WatchSettings}.
 *
 * @param maxBufferedEvents events kept at once; one more, and the whole source is looked at instead
 */
@ConfigurationProperties(prefix = "driftless.watch", ignoreUnknownFields = false)
record WatchProperties(
        @DefaultValue("50ms") Duration quiet,
        @DefaultValue("1s") Duration openWriter,
        @DefaultValue("50000") int maxPending,
        @DefaultValue("65536") int maxBufferedEvents) {
    private static final String KEY = "driftless.watch.";

    WatchProperties {
        Allowed.between(KEY + "quiet", quiet, Duration.ZERO, Duration.ofSeconds(10));
        Allowed.between(
                KEY + "open-writer", openWriter, Duration.ofMillis(10), Duration.ofMinutes(10));
        Allowed.between(KEY + "max-pending", maxPending, 2, 1_000_000);
        Allowed.between(KEY + "max-buffered-events", maxBufferedEvents, 1_024, 4 << 20);
    }

    WatchSettings settings() {
        return new WatchSettings(quiet, openWriter, maxPending, Backoff.DEFAULT);
    }
}
