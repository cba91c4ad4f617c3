package io.driftless.error;

import org.jspecify.annotations.Nullable;

/**
 * An expected failure, with its stable code. Adapters translate every third-party exception into
 * one of these.
 */
public final class SyncException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public SyncException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public SyncException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What a lost lease comes to: the work that it was for is another's now. */
    public static SyncException leaseLost(String folder) {
        return new SyncException(
                ErrorCode.LEASE_LOST, "A lease of folder " + folder + " went to another holder.");
    }

    public ErrorCode code() {
        return code;
    }

    /** True where the same step may succeed later without anybody acting. */
    public boolean isTransient() {
        return code.reaction() == Reaction.RETRY;
    }

    /**
     * True where whoever reads a source goes on by itself once the cause has passed: also a root
     * that is away may come back.
     */
    public boolean mayPassAtSource() {
        return isTransient() || code == ErrorCode.ROOT_LOST;
    }

    /** The line a person sees: code, what happened, what to do. */
    public String describe() {
        return code.id() + " " + getMessage() + " " + code.advice();
    }
}
