package io.driftless.flow;

import io.driftless.error.SyncException;
import java.util.List;
import reactor.core.Exceptions;

/**
 * Where several things are done at once, several can fail at once, and Reactor then makes one
 * exception of them, which is none of ours. What failed is asked for by its kind everywhere, so it
 * has to be one of them again.
 */
public final class FirstFailure {
    private FirstFailure() {}

    /** The failure, or of several one that does not pass by itself, else the first. */
    public static Throwable of(Throwable failure) {
        if (!Exceptions.isMultiple(failure)) {
            return failure;
        }
        List<Throwable> all = List.of(failure.getSuppressed());
        return all.stream()
                .filter(one -> !(one instanceof SyncException known && known.mayPassAtSource()))
                .findFirst()
                .orElse(all.getFirst());
    }
}
