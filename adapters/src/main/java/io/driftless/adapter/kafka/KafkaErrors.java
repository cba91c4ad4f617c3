package io.driftless.adapter.kafka;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Says what a failure of Kafka means. All but what is our own fault, or a setting's, may pass. */
final class KafkaErrors {
    private KafkaErrors() {}

    static SyncException translated(String verb, Throwable failure) {
        Throwable reason = reason(failure);
        return reason instanceof SyncException known
                ? known
                : new SyncException(
                        code(failure, reason), "Kafka could not " + verb + ": " + reason, failure);
    }

    /** A client that cannot be made wraps its reason: a name, say, that nobody knows yet. */
    private static ErrorCode code(Throwable failure, Throwable reason) {
        if (failure instanceof ConfigException) {
            return ErrorCode.BAD_SETTING;
        }
        return reason instanceof RecordTooLargeException
                ? ErrorCode.INVARIANT_BROKEN
                : ErrorCode.DEPENDENCY_UNAVAILABLE;
    }

    /** True where Kafka itself says so of a translated failure. */
    static boolean mayPassSoon(Throwable translated) {
        Throwable cause = translated.getCause();
        return cause != null && reason(cause) instanceof RetriableException;
    }

    /**
     * True where the producer may never send again: one that was not made, or could not log in, or
     * lost track of what it sent, fails whatever comes after.
     */
    static boolean mayEndProducer(Throwable failure) {
        Throwable reason = reason(failure);
        return !(reason instanceof SyncException
                || reason instanceof RetriableException
                || reason instanceof AuthorizationException
                || reason instanceof RecordTooLargeException);
    }

    /** True where no later try of the same would do better, by a translated failure. */
    static boolean isRefused(Throwable translated) {
        Throwable cause = translated.getCause();
        Throwable reason = cause == null ? translated : reason(cause);
        return reason instanceof RecordTooLargeException
                || reason instanceof AuthorizationException;
    }

    /** True where a topic was not found; also where no broker was asked yet. */
    static boolean mayLackTopic(Throwable failure) {
        Throwable reason = reason(failure);
        return reason instanceof UnknownTopicOrPartitionException
                || reason instanceof TimeoutException
                        && String.valueOf(reason.getMessage()).contains("not present in metadata");
    }

    private static Throwable reason(Throwable failure) {
        boolean isWrapper =
                failure instanceof ExecutionException
                        || failure instanceof CompletionException
                        || failure.getClass() == KafkaException.class;
        Throwable cause = failure.getCause();
        return isWrapper && cause != null ? reason(cause) : failure;
    }
}
