package io.driftless.port;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;

/** What a failure of a {@link BlockStore} is about. */
public final class StoreFailures {
    private StoreFailures() {}

    /** True where one object is at fault, not the way to the store; it may be given later. */
    public static boolean isOfOneObject(Throwable failure) {
        return isLost(failure)
                || failure instanceof SyncException known
                        && known.code() == ErrorCode.STORE_OBJECT_UNREADABLE;
    }

    /** True where the store will never give the object as it was. */
    public static boolean isLost(Throwable failure) {
        return failure instanceof SyncException known
                && switch (known.code()) {
                    case STORE_OBJECT_MISSING, STORE_OBJECT_DAMAGED -> true;
                    default -> false;
                };
    }
}
