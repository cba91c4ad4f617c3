package io.driftless.port;

import io.driftless.block.BlockLocation;
import io.driftless.block.PageHash;
import io.driftless.event.Commit;
import io.driftless.path.EntryPath;
import io.driftless.retention.Retention;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Mono;

/**
 * What is stored and who still needs it. A pack or page is live until it is known since which
 * commit nobody needs it; dying when no retained commit is older than that; gone a grace later,
 * which is when its object may be deleted; then forgotten. A commit that uses it turns it live up
 * to the moment when it is gone. All times are the database's.
 *
 * <p>Whatever changes a state asks for the lease first and fails with {@code LEASE_LOST} where it
 * went to another holder.
 */
public interface GarbageIndex {
    /**
     * Takes or renews the right to collect a folder's garbage; it has nothing to do with the right
     * to commit.
     *
     * @return empty where another holder has it
     */
    Mono<Optional<Lease>> lease(FolderId folder, String holder, Duration life);

    Mono<Void> releaseLease(Lease lease);

    /**
     * @param token grows each time the lease changes hands or had run out
     */
    record Lease(FolderId folder, String holder, long token) {}

    // ---- Commits

    /** Notes what targets say of themselves. Who says the same again counts as silent. */
    Mono<Void> heard(FolderId folder, List<Heard> targets);

    /**
     * @param left see {@link Retention.Applying}
     */
    record Heard(TargetId target, UUID incarnation, long seq, long left) {}

    /** Empty before the first commit. */
    Mono<Optional<Retention.Standing>> standing(FolderId folder, Retention retention);

    /** Commits that are sent and below a number, the oldest first; never the newest. */
    Mono<List<Commit>> commitsBefore(FolderId folder, long seq, int limit);

    /** Drops these commits, but never the newest or one that is not sent. */
    Mono<Void> dropCommits(Lease lease, List<Long> seqs);

    // ---- The search for what nothing needs

    /**
     * Begins a search; empty where nothing was committed since the last one ended. What it does not
     * see, and no later commit uses, is needed by nothing when it ends.
     */
    Mono<Optional<Search>> beginSearch(Lease lease);

    /**
     * @param seq the newest commit when it began
     */
    record Search(Lease lease, long seq) {}

    /** Says that the newest commit needs these packs and pages of block lists. */
    Mono<Void> see(Search search, Set<UUID> packs, Set<PageHash> lists);

    /**
     * Ends a search that has seen every committed entry. It came to nothing where the newest commit
     * is an earlier one by now, as where the folder began anew.
     */
    Mono<Void> endSearch(Search search);

    // ---- States

    /**
     * Turns dying what no commit from this one on needs.
     *
     * @return how many; as many as the limit where there may be more
     */
    Mono<Long> condemn(Lease lease, long oldestRetained, int limit);

    /**
     * Turns gone what has been dying, or uploading, for longer than the grace and is still needed
     * by no commit from this one on. The blocks of a pack are unknown from then on.
     */
    Mono<Garbage> bury(Lease lease, long oldestRetained, Duration grace, int limit);

    /** What has been gone for longer than the grace. */
    Mono<Garbage> buried(FolderId folder, Duration grace, int limit);

    /** Drops what is gone; a page that was begun anew in the meantime stays. */
    Mono<Void> forget(Lease lease, Garbage garbage);

    record Garbage(List<UUID> packs, List<PageHash> pages) {
        public Garbage {
            packs = List.copyOf(packs);
            pages = List.copyOf(pages);
        }

        public boolean isEmpty() {
            return packs.isEmpty() && pages.isEmpty();
        }

        public int size() {
            return packs.size() + pages.size();
        }
    }

    // ---- The store against the index

    /** Live pages that the newest commit needs, in order of their names. */
    Mono<List<PageHash>> livePages(FolderId folder, Optional<PageHash> after, int limit);

    /** Live packs that the newest commit needs, in an order of the index's own. */
    Mono<List<UUID>> livePacks(FolderId folder, Optional<UUID> after, int limit);

    /**
     * What a pack should hold, in the order of its bytes; nothing where it is not live or dying.
     */
    Mono<List<BlockLocation>> blocksIn(FolderId folder, UUID pack);

    /**
     * Turns a pack gone although commits need it: the store lost or damaged it. Its blocks are
     * unknown from then on.
     *
     * @return false where it was not live or dying, or a commit is using it at this moment
     */
    Mono<Boolean> abandon(Lease lease, UUID pack);

    /**
     * Makes the rows of these paths dirty that have an entry, so that what is not stored of them is
     * stored again.
     */
    Mono<Void> storeAgain(Lease lease, Collection<EntryPath> paths);
}
