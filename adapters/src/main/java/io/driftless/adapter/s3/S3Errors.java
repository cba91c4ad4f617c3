package io.driftless.adapter.s3;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.ServerException;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** Says what a failure of the service or of the way to it means for a store. */
final class S3Errors {
    private static final Set<String> FULL =
            Set.of("XMinioStorageFull", "InsufficientStorage", "QuotaExceeded", "EntityTooLarge");
    private static final Set<String> BUCKET_IS_THERE =
            Set.of("BucketAlreadyOwnedByYou", "BucketAlreadyExists");

    private S3Errors() {}

    static SyncException translated(String verb, Object what, Throwable failure) {
        Throwable reason = reason(failure);
        if (reason instanceof SyncException known) {
            return known;
        }
        ErrorCode code =
                switch (reason) {
                    case ErrorResponseException answer -> code(status(answer), errorCode(answer));
                    case ServerException answer -> code(answer.statusCode(), "");
                    default -> ErrorCode.DEPENDENCY_UNAVAILABLE;
                };
        String message = "S3 cannot %s %s: %s.".formatted(verb, what, reason.getMessage());
        return new SyncException(code, message, failure);
    }

    private static ErrorCode code(int status, String errorCode) {
        if (FULL.contains(errorCode) || status == 507) {
            return ErrorCode.NO_SPACE;
        }
        if (errorCode.equals("NoSuchBucket")) {
            return ErrorCode.STORE_REFUSED;
        }
        return switch (status) {
            case 401, 403 -> ErrorCode.STORE_REFUSED;
            case 404 -> ErrorCode.STORE_OBJECT_MISSING;
            case 416 -> ErrorCode.STORE_OBJECT_DAMAGED;
            default -> ErrorCode.DEPENDENCY_UNAVAILABLE;
        };
    }

    private static int status(ErrorResponseException answer) {
        return answer.response().code();
    }

    private static String errorCode(ErrorResponseException answer) {
        return String.valueOf(answer.errorResponse().code());
    }

    private static Throwable reason(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    static boolean isMissing(Throwable translated) {
        return translated instanceof SyncException known
                && known.code() == ErrorCode.STORE_OBJECT_MISSING;
    }

    static boolean isOutOfRange(Throwable translated) {
        return translated instanceof SyncException known
                && known.getCause() != null
                && reason(known.getCause()) instanceof ErrorResponseException answer
                && status(answer) == 416;
    }

    static boolean isOwnedAlready(Throwable translated) {
        return translated instanceof SyncException known
                && known.getCause() != null
                && reason(known.getCause()) instanceof ErrorResponseException answer
                && BUCKET_IS_THERE.contains(errorCode(answer));
    }
}
