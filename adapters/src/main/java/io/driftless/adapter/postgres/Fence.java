package io.driftless.adapter.postgres;

import io.driftless.error.SyncException;
import io.driftless.tree.FolderId;
import java.util.function.BiFunction;
import reactor.core.publisher.Mono;

/** Keeps out whoever has lost a lease. */
record Fence(Database database, FolderNumbers folders, LeaseTable leases) {
    /**
     * Works in a transaction in which nobody else can take the lease of this token; fails with
     * {@code LEASE_LOST} where somebody has.
     *
     * @param statements how many the work makes at most
     */
    <T> Mono<T> in(
            FolderId folder,
            long token,
            int statements,
            BiFunction<Session, FolderKey, Mono<T>> work) {
        return folders.with(
                folder,
                key ->
                        database.transaction(
                                1 + statements,
                                session ->
                                        leases.hold(session, key, token)
                                                .flatMap(holds ->
                                                        holds
                                                                ? work.apply(session, key)
                                                                : Mono.error(
                                                                        SyncException.leaseLost(
                                                                                folder.value())))));
    }
}
