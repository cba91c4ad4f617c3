package io.driftless.adapter.postgres;

import io.driftless.path.EntryPath;
import java.util.Collection;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Locks that a commit takes before it changes anything: on entries, all of them before the first
 * flag. Writers lock in the same order. Their inserts wait for a row that is changed or deleted,
 * but not for one that is locked, so whoever has changed a row must have no lock left to wait for.
 *
 * <p>Rows are locked by their key: one that is locked by its place, and is changed by whoever had
 * it before, is elsewhere then and passed over.
 */
final class RowLocks {
    private static final String LOCK =
            """
            select count(*) from unnest($1::bytea[]) as r (key)
            cross join lateral (
                select from %1$s x where head(x.key) = head(r.key) and x.key = r.key for update
            ) l
            """;

    private static final String LOCK_ENTRIES = LOCK.formatted("entry");
    private static final String LOCK_FLAGS = LOCK.formatted("dirty");

    private final Session session;
    private final FolderKey folder;
    private final int batchRows;

    RowLocks(Session session, FolderKey folder, int batchRows) {
        this.session = session;
        this.folder = folder;
        this.batchRows = batchRows;
    }

    /**
     * @param paths in path order; those without a row are passed over
     */
    Mono<Void> entries(Collection<EntryPath> paths) {
        return lock(LOCK_ENTRIES, paths);
    }

    /**
     * @param paths in path order; those without a flag are passed over
     */
    Mono<Void> flags(Collection<EntryPath> paths) {
        return lock(LOCK_FLAGS, paths);
    }

    private Mono<Void> lock(String statement, Collection<EntryPath> paths) {
        return Flux.fromIterable(paths)
                .buffer(batchRows)
                .concatMap(batch -> session.update(Sql.of(statement, folder.ofPaths(batch))))
                .then();
    }
}
