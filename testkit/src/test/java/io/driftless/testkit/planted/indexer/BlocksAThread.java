package io.driftless.testkit.planted.indexer;

import reactor.core.publisher.Mono;

record BlocksAThread(Mono<Void> work) {
    void await() {
        work.block();
    }
}
