package io.driftless.adapter.s3;

import io.driftless.port.BlockStore;
import java.time.Duration;

/**
 * How long a service may take. A slow way is no reason to give a request up, only one on which
 * nothing moves.
 *
 * @param connect until a connection is there
 * @param silence while nothing is sent or comes
 * @param wholeCall from the first to the last byte of a request; only there so that none goes on
 *     for ever
 */
public record S3Patience(Duration connect, Duration silence, Duration wholeCall) {
    /** Whoever is slower would need weeks for what others bring over in hours. */
    private static final int SLOWEST_BYTES_PER_SECOND = 8 << 10;

    public static final S3Patience DEFAULT =
            new S3Patience(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(1)
                            .plusSeconds(BlockStore.MAX_OBJECT_BYTES / SLOWEST_BYTES_PER_SECOND));
}
