package io.driftless.hosting;

import io.driftless.error.SyncException;
import java.time.Instant;

/** An expected failure as people are told of it. */
record Failure(String code, String message, Instant at) {
    static Failure of(SyncException failure, Instant at) {
        return new Failure(failure.code().id(), String.valueOf(failure.getMessage()), at);
    }
}
