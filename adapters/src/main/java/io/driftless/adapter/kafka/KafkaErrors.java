package io.driftless.adapter.kafka;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;

/** Says what a failure of Kafka means. All but what is our own fault may pass. */
final class KafkaErrors {
    private KafkaErrors() {}

    static SyncException translated(String verb, Throwable failure) {
        Throwable reason = reason(failure);
        if (reason instanceof SyncException known) {
            return known;
        }
        ErrorCode code =
                reason instanceof RecordTooLargeException
                        ? ErrorCode.INVARIANT_BROKEN
                        : ErrorCode.DEPENDENCY_UNAVAILABLE;
        return new SyncException(code, "Kafka could not " + verb + ": " + reason, failure);
    }

    /** True where Kafka itself says so of a translated failure. */
    static boolean mayPassSoon(Throwable translated) {
        Throwable cause = translated.getCause();
        return cause != null && reason(cause) instanceof RetriableException;
    }

    private static Throwable reason(Throwable failure) {
        return failure instanceof ExecutionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }
}
