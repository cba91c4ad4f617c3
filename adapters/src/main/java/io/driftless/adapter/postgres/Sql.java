package io.driftless.adapter.postgres;

import java.util.List;

/**
 * A statement and its parameters, {@code $1} first. The text is constant per use, so that a
 * connection prepares it once; none of the parameters is null.
 */
record Sql(String text, List<Object> parameters) {
    Sql {
        parameters = List.copyOf(parameters);
    }

    static Sql of(String text, Object... parameters) {
        return new Sql(text, List.of(parameters));
    }
}
