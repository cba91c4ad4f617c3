package io.driftless.adapter.postgres;

import io.driftless.error.ErrorCode;
import io.driftless.manifest.EntryCodec;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Version;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a row's parts are kept in the columns of {@code entry}. */
final class RowColumns {
    static final int OK = 0;
    static final int REMOVED = 1;
    static final int WAITING = 2;
    static final int SKIPPED = 3;

    /** What {@link #row} reads, of an {@code entry} called {@code e}. */
    static final String SELECTED =
            """
            e.key, e.version, e.state, e.code, e.tries, e.due, e.stat, e.entry,
            (select true from dirty d where head(d.key) = head(e.key) and d.key = e.key) is not null
            """;

    private RowColumns() {}

    static Row row(Cells columns) {
        return new Row(
                FolderKey.path(columns.bytes(0)),
                new Version(columns.number(1)),
                state(columns),
                columns.find(6, byte[].class).map(EntryCodec::decodeStat),
                columns.find(7, byte[].class).map(EntryCodec::decodeEntry),
                columns.is(8));
    }

    private static State state(Cells columns) {
        int state = columns.small(2);
        return switch (state) {
            case OK -> new State.Ok();
            case REMOVED -> new State.Removed();
            case WAITING ->
                    new State.Waiting(
                            code(columns.small(3)),
                            columns.small(4),
                            columns.get(5, Instant.class));
            default -> new State.Skipped(code(columns.small(3)));
        };
    }

    static int number(State state) {
        return switch (state) {
            case State.Ok _ -> OK;
            case State.Removed _ -> REMOVED;
            case State.Waiting _ -> WAITING;
            case State.Skipped _ -> SKIPPED;
        };
    }

    static @Nullable Integer code(State state) {
        return switch (state) {
            case State.Ok _, State.Removed _ -> null;
            case State.Waiting waiting -> number(waiting.code());
            case State.Skipped skipped -> number(skipped.code());
        };
    }

    /** The digits of the stable id. */
    static int number(ErrorCode code) {
        return Integer.parseInt(code.id().substring("DL-".length()));
    }

    static ErrorCode code(int number) {
        return ErrorCode.ofId("DL-" + number);
    }
}
