package io.driftless.adapter.postgres;

import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Closing a connection says goodbye to a server that may not listen. */
final class Goodbye {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private Goodbye() {}

    /**
     * Waits a moment for a connection to be closed; what came of that is all the same. The goodbye
     * stays on its way when nobody waits for it any more: the server may yet listen.
     */
    static Mono<Void> over(Publisher<Void> closing) {
        return Mono.from(closing).cache().onErrorComplete().timeout(PATIENCE, Mono.empty());
    }
}
