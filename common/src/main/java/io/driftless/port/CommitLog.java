package io.driftless.port;

import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Mono;

/**
 * What was committed. Only a leaseholder writes here; the fencing token turns away one that lost
 * its lease.
 */
public interface CommitLog {
    /**
     * Takes or renews the right to commit for a folder. Time is the database's.
     *
     * @return empty where another holder has it
     */
    Mono<Optional<Lease>> lease(FolderId folder, String holder, Duration life);

    Mono<Void> releaseLease(Lease lease);

    /**
     * @param token grows each time the lease changes hands
     */
    record Lease(FolderId folder, String holder, long token) {}

    /** The newest commit, if there is one. */
    Mono<Optional<Commit>> newest(FolderId folder);

    /** The committed entries of these paths; others are left out. */
    Mono<List<Entry>> committed(FolderId folder, Collection<EntryPath> paths);

    /** Committed paths below a directory, in path order after {@code after}. */
    Mono<List<Entry>> committedBelow(
            FolderId folder, EntryPath directory, Optional<EntryPath> after, int limit);

    /** Committed paths below a directory, from the last in path order back. */
    Mono<List<Entry>> lastBelow(FolderId folder, EntryPath directory, int limit);

    /** How many paths are committed below a directory. */
    Mono<Long> countBelow(FolderId folder, EntryPath directory);

    /** Says that these pages are about to be written, before they are. */
    Mono<Void> beginPages(FolderId folder, Set<PageHash> pages);

    /**
     * In one transaction: checks the lease's token and that {@code seq} follows the newest, locks
     * the packs and turns them live, dying ones too, writes the committed entries, clears the dirty
     * flags of the versions taken, drops rows that are removed, turns the pages live, notes since
     * when the superseded ones are not needed, and queues the commit for sending. A row whose path
     * is among the removals but still has an entry went with its directory: it becomes dirty again
     * and waits, due at once, as {@code ENTRY_VANISHED}; if it is there after all it must come
     * back.
     *
     * @return why it was refused, or empty when it is durable
     */
    Mono<Optional<Refusal>> commit(Lease lease, Draft draft);

    enum Refusal {
        /** The lease went to another holder. */
        LEASE_LOST,
        /** A pack that is needed is gone: store its blocks again. */
        PACK_GONE,
        /** A page was collected since it was begun, or never was: store it again. */
        PAGE_GONE,
        /** Another commit came first, or the one that it follows is not the newest. */
        NOT_NEXT
    }

    /**
     * @param puts entries to commit
     * @param removals paths to take out
     * @param taken rows whose dirty flag this commit settles, with the version it took
     * @param packs packs that hold the blocks of {@code puts}: every one, or it may be collected
     *     while the commit needs it
     */
    record Draft(
            Commit commit,
            List<Entry> puts,
            List<EntryPath> removals,
            List<Taken> taken,
            Set<UUID> packs,
            Pages pages) {}

    /**
     * What a commit does to pages.
     *
     * @param manifest pages of its manifest that the one before does not have
     * @param lists pages of the lists of blocks of {@code puts}
     * @param superseded pages of the manifest before that its own does not have
     */
    record Pages(Set<PageHash> manifest, Set<PageHash> lists, Set<PageHash> superseded) {
        public static final Pages NONE = new Pages(Set.of(), Set.of(), Set.of());

        public Pages {
            manifest = Set.copyOf(manifest);
            lists = Set.copyOf(lists);
            superseded = Set.copyOf(superseded);
            if (!Collections.disjoint(manifest, superseded)) {
                throw new SyncException(
                        ErrorCode.INVARIANT_BROKEN,
                        "A page of the new manifest is among those it supersedes.");
            }
        }

        /** All that have to be stored. */
        public Set<PageHash> stored() {
            Set<PageHash> all = new HashSet<>(manifest);
            all.addAll(lists);
            return all;
        }
    }

    record Taken(EntryPath path, Version version) {}

    /** Commits whose sending is not yet confirmed, in order of {@code seq}. */
    Mono<List<Commit>> unsent(FolderId folder, int limit);

    Mono<Void> sent(FolderId folder, long seq);
}
