package io.driftless.adapter.postgres;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Turns what the driver throws into our own failures. */
final class Failures {
    /**
     * Classes of SQL states that pass without anybody changing a statement: connection, rights and
     * passwords being rotated, rollbacks such as deadlocks, resources, an operator's or a restart's
     * intervention, system errors.
     */
    private static final Set<String> PASSING =
            Set.of("08", "28", "40", "53", "55", "57", "58", "F0", "XX");

    /**
     * States that pass, of classes that do not: a server that only lets read as it stands in for
     * another or has no space, a transaction that slept or lasted too long, a database that is just
     * being put back.
     */
    private static final Set<String> PASSING_STATES = Set.of("25006", "25P03", "25P04", "3D000");

    private static final String DISK_FULL = "53100";

    private Failures() {}

    static Throwable translate(Throwable failure) {
        return switch (failure) {
            case SyncException ours -> ours;
            case R2dbcException refused ->
                    new SyncException(code(refused), message(refused), refused);
            case TimeoutException late -> unavailable("PostgreSQL did not answer in time.", late);
            case IOException broken ->
                    unavailable(
                            "PostgreSQL cannot be reached: " + broken.getMessage() + ".", broken);
            default -> failure;
        };
    }

    private static SyncException unavailable(String message, Exception cause) {
        return new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, message, cause);
    }

    /** A failure without a state never reached the server, or lost it. */
    private static ErrorCode code(R2dbcException refused) {
        @Nullable String state = refused.getSqlState();
        if (DISK_FULL.equals(state)) {
            return ErrorCode.NO_SPACE;
        }
        return passes(state) ? ErrorCode.DEPENDENCY_UNAVAILABLE : ErrorCode.INVARIANT_BROKEN;
    }

    private static boolean passes(@Nullable String state) {
        return state == null
                || state.length() < 2
                || PASSING.contains(state.substring(0, 2))
                || PASSING_STATES.contains(state);
    }

    private static String message(R2dbcException refused) {
        return "PostgreSQL: %s (%s).".formatted(refused.getMessage(), refused.getSqlState());
    }
}
