package io.driftless.status;

import io.driftless.error.ErrorCode;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.status.SystemStatus.Problem;
import java.util.List;
import java.util.Optional;

/** Entries of a source that are not carried over as they are, as people are told of them. */
public final class EntryView {
    /** More are counted, not shown. */
    public static final int MAX_SHOWN = 20;

    private EntryView() {}

    /** Those that are left out or wait, each once, in the order in which they come. */
    public static List<Problem> of(List<Row> rows) {
        return rows.stream().flatMap(row -> of(row).stream()).distinct().limit(MAX_SHOWN).toList();
    }

    private static Optional<Problem> of(Row row) {
        String path = row.path().toString();
        return switch (row.state()) {
            case State.Ok _, State.Removed _ -> Optional.empty();
            case State.Skipped(ErrorCode code) ->
                    Optional.of(new Problem(path, code.id(), code.advice()));
            // That it is large is no failure that is counted: it is read when its turn comes.
            case State.Waiting(ErrorCode code, _, _) when code == ErrorCode.LARGE_PENDING ->
                    Optional.of(new Problem(path, code.id(), code.advice()));
            case State.Waiting(ErrorCode code, int tries, var due) ->
                    Optional.of(
                            new Problem(path, code.id(), code.advice(), tries, Optional.of(due)));
        };
    }
}
