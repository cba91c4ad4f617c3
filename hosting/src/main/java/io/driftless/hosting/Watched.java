package io.driftless.hosting;

import reactor.core.publisher.Flux;

/** A dependency of this process that is asked from its start to its end whether it is there. */
public interface Watched {
    /** Asks until cancelled, and has health tell of it. Never waits for the flow. */
    Flux<?> watch();
}
