package io.driftless.adapter.postgres;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.r2dbc.spi.Readable;
import java.util.Optional;

/** One row of an answer. */
record Cells(Readable row) {
    /** What is in a column that is never empty. */
    <T> T get(int column, Class<T> type) {
        return find(column, type)
                .orElseThrow(() ->
                        new SyncException(
                                ErrorCode.INVARIANT_BROKEN,
                                "PostgreSQL answered with nothing in column " + column + "."));
    }

    <T> Optional<T> find(int column, Class<T> type) {
        return Optional.ofNullable(row.get(column, type));
    }

    byte[] bytes(int column) {
        return get(column, byte[].class);
    }

    boolean is(int column) {
        return get(column, Boolean.class);
    }

    /** Of any of the numeric types. */
    long number(int column) {
        return get(column, Long.class);
    }

    int small(int column) {
        return Math.toIntExact(number(column));
    }
}
