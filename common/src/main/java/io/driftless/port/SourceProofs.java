package io.driftless.port;

import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * How far the reading of all files of a source came, which finds bytes that changed though nobody
 * wrote them. One process reads a folder at a time; it goes through all paths in order, again and
 * again, so the oldest proof is always the next. Times are the database's.
 */
public interface SourceProofs {
    /**
     * Takes or renews the right to read a folder; it runs out by itself.
     *
     * @return empty where another holder has it
     */
    Mono<Optional<Turn>> turn(FolderId folder, String holder, Duration life);

    /**
     * One pass over all paths.
     *
     * @param token grows each time the right changes hands
     * @param reached the last path that was read; empty at the beginning
     */
    record Turn(FolderId folder, long token, Optional<EntryPath> reached) {}

    /** Rows in path order after {@code after}. */
    Mono<List<Written>> rows(FolderId folder, Optional<EntryPath> after, int limit);

    /**
     * @param at when the row was written last, or its file found to be as it says
     */
    record Written(Row row, Instant at) {}

    /** Says that a file was read and is as its row of this version says. */
    Mono<Void> proven(FolderId folder, EntryPath path, Version version);

    /**
     * Says how far the turn came; without a path it is over, and the next one begins. {@code
     * LEASE_LOST} where another holder reads.
     */
    Mono<Void> reached(Turn turn, Optional<EntryPath> path);

    /** Since when every file is proven: the begin of the last turn that is over. */
    Mono<Optional<Instant>> since(FolderId folder);
}
