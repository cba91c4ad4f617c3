package io.driftless.port;

import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.event.Commit;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Lease;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Mono;

/**
 * Brings back what an index knew of a folder, after it was lost or an older copy of it took its
 * place, from what the store holds. Every step may be repeated. Whatever writes fails with {@code
 * LEASE_LOST} where the right to commit went to another holder.
 */
public interface IndexRecovery {
    /** Asked of the database each time. */
    Mono<Known> known(FolderId folder);

    /**
     * @param incarnation under which the next commit is made
     * @param isBegun true once somebody has looked in the store for what it holds of the folder
     */
    record Known(UUID incarnation, boolean isBegun) {}

    /**
     * Makes what is committed between two paths what a manifest says. Entries that nobody observed
     * become rows without a stat, so that they are looked at; rows that differ from what is
     * committed become dirty, unless they are parked. Pages become live.
     */
    Mono<Void> restore(Lease lease, Span span);

    /**
     * A piece of a manifest, with everything in it.
     *
     * @param after the last path before it; empty for the first piece
     * @param through its last path; empty for the last piece
     * @param entries all entries in between, in path order
     * @param contents blocks of the files whose entry only names their list
     * @param manifest pages of the manifest
     * @param lists pages of lists of blocks
     */
    record Span(
            Optional<EntryPath> after,
            Optional<EntryPath> through,
            List<Entry> entries,
            Map<ContentId, List<BlockRef>> contents,
            Set<PageHash> manifest,
            Set<PageHash> lists) {
        public Span {
            entries = List.copyOf(entries);
            contents = Map.copyOf(contents);
            manifest = Set.copyOf(manifest);
            lists = Set.copyOf(lists);
        }

        /** Nothing is committed there. */
        public static Span without(Optional<EntryPath> after, Optional<EntryPath> through) {
            return new Span(after, through, List.of(), Map.of(), Set.of(), Set.of());
        }
    }

    /**
     * Makes the directories that are mount points these. What was observed at and below those of
     * which that is news was observed by somebody who did not know: it is forgotten, and what is
     * committed there become rows without a stat, so that it is looked at. Parked rows stay.
     */
    Mono<Void> restoreMounts(Lease lease, Set<EntryPath> mounts);

    /**
     * Nothing that is being uploaded or dying turns gone before a grace from now: a copy that is
     * old knows of a time since when that was so.
     */
    Mono<Void> beginRestore(Lease lease);

    /**
     * Says that the store holds a pack with these blocks, which the newest commit needs: it is
     * live, and they lie there, wherever they were thought to lie. A pack that is gone stays so,
     * and blocks keep their place.
     */
    Mono<Void> adopt(Lease lease, UUID pack, List<BlockLocation> blocks);

    /** Adds commits that were made and sent; those that are known stay as they are. */
    Mono<Void> restoreCommits(Lease lease, List<Commit> commits);

    /** Forgets every commit: of the manifests they made nothing is needed any more. */
    Mono<Void> forgetCommits(Lease lease);

    /** Says that the index knows what the store holds, and under which incarnation it goes on. */
    Mono<Void> begin(Lease lease, UUID incarnation);
}
