package io.driftless.transfer;

import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.event.Commit;
import io.driftless.event.Hint;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.IndexRecovery;
import io.driftless.port.IndexRecovery.Known;
import io.driftless.port.IndexRecovery.Span;
import io.driftless.transfer.StoredFolder.Named;
import io.driftless.tree.FolderId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Before the first commit of a holder: makes sure that the index knows what the store holds. An
 * index that was lost, or in whose place an older copy was put, knows less than was published. It
 * is made again of the newest commit in the store, so that nothing is uploaded or fetched twice, no
 * target goes back, and removals are counted against what there was. Every step may be repeated: a
 * crash in between leaves the store ahead of the index, as it was.
 */
final class IndexRebuild {
    private static final Logger LOG = LoggerFactory.getLogger(TransferFlow.class);
    private static final int BATCH = 100;
    private static final int TAKEN_BACK = 2_000;

    private final TransferContext context;
    private final FolderId folder;
    private final IndexRecovery recovery;
    private final StoredFolder stored;
    private final Published published;
    private final MissedObjects missed;

    IndexRebuild(TransferContext context, Published published) {
        this.context = context;
        this.published = published;
        this.folder = context.folder().id();
        this.recovery = context.ports().recovery();
        this.missed = new MissedObjects(context);
        this.stored = new StoredFolder(context, missed);
    }

    /** Gives the incarnation under which the next commit is to be made. */
    Mono<UUID> run(Lease lease) {
        return Mono.zip(recovery.known(folder), context.ports().commits().newest(folder))
                .flatMap(known ->
                        known.getT1().isBegun()
                                ? goOn(lease, known.getT1(), known.getT2())
                                : begin(lease, known.getT1()))
                .doOnNext(_ -> missed.forget())
                .flatMap(incarnation -> unlessSetBack(lease, incarnation));
    }

    /**
     * What was published last is neither in the database nor in the store: both are copies of an
     * earlier time. Targets hold what came after it, and nobody else may hold it any more. So the
     * folder goes on under another incarnation, of which targets take nothing for theirs to remove.
     */
    private Mono<UUID> unlessSetBack(Lease lease, UUID incarnation) {
        return context.ports()
                .commits()
                .newest(folder)
                .flatMap(newest ->
                        published.isAhead(incarnation, newest)
                                ? goOnAnew(lease, incarnation, newest)
                                : Mono.just(incarnation));
    }

    private Mono<UUID> goOnAnew(Lease lease, UUID before, Optional<Commit> newest) {
        UUID incarnation = context.ids().get();
        LOG.warn(
                "database and store are older than what was published, the folder goes on under another incarnation code={} folder={} seq={} published={} before={} incarnation={}",
                ErrorCode.FOLDER_SET_BACK.id(),
                folder,
                newest.map(Commit::seq).orElse(0L),
                published.highest(before),
                before,
                incarnation);
        return recovery.begin(lease, incarnation).then(lookAtAll()).thenReturn(incarnation);
    }

    /** There is an index: does the store hold a later commit than it knows of? */
    private Mono<UUID> goOn(Lease lease, Known known, Optional<Commit> newest) {
        long seq = newest.map(Commit::seq).orElse(0L);
        Flux<Named> later =
                stored.commits(known.incarnation()).filter(commit -> commit.seq() > seq);
        return stored.newest(later)
                .flatMap(commit -> rebuild(lease, commit))
                .switchIfEmpty(Mono.fromSupplier(known::incarnation));
    }

    /** There is nothing: was there a folder of this name before? */
    private Mono<UUID> begin(Lease lease, Known known) {
        return stored.newest(stored.commits())
                .flatMap(commit -> rebuild(lease, commit))
                .switchIfEmpty(
                        Mono.defer(() ->
                                recovery.begin(lease, known.incarnation())
                                        .thenReturn(known.incarnation())));
    }

    private Mono<UUID> rebuild(Lease lease, Commit newest) {
        LOG.warn(
                "index is made again of the store folder={} incarnation={} seq={} entries={}",
                folder,
                newest.incarnation(),
                newest.seq(),
                newest.summary().entries());
        StoredManifest manifest = new StoredManifest(context, newest.root(), missed);
        return recovery.beginRestore(lease)
                .then(note())
                .flatMap(packs -> manifest.adoptBlocks(lease, packs))
                .thenReturn(true)
                .onErrorResume(missed::isGone, failure -> Mono.just(false))
                .flatMap(isWhole -> isWhole ? restore(lease, newest, manifest) : beginAnew(lease));
    }

    /**
     * What is stored and nobody knows of would stay for ever: it counts as being uploaded, until it
     * turns out that something needs it, or is garbage.
     */
    private Mono<Set<UUID>> note() {
        Mono<Void> pages =
                stored.pages()
                        .buffer(BATCH)
                        .concatMap(
                                names ->
                                        context.ports()
                                                .commits()
                                                .beginPages(folder, new HashSet<PageHash>(names)),
                                1)
                        .then();
        return pages.thenMany(stored.packs())
                .buffer(BATCH)
                .concatMap(
                        ids -> context.ports().packs().beginPacks(folder, ids).thenReturn(ids), 1)
                .concatMapIterable(ids -> ids)
                .<Set<UUID>>collect(HashSet::new, Set::add);
    }

    private Mono<UUID> restore(Lease lease, Commit newest, StoredManifest manifest) {
        return manifest.spans()
                .concatMap(span -> recovery.restore(lease, span), 1)
                .then(recovery.restoreMounts(lease, Set.copyOf(newest.mounts())))
                .thenMany(
                        stored.read(stored.commits(newest.incarnation()).sort(StoredFolder.BY_SEQ)))
                .buffer(BATCH)
                .concatMap(commits -> recovery.restoreCommits(lease, commits), 1)
                .then(recovery.begin(lease, newest.incarnation()))
                .then(lookAtAll())
                .thenReturn(newest.incarnation());
    }

    /** What was there and is not any more has to be found. */
    private Mono<Void> lookAtAll() {
        return context.ports()
                .bus()
                .publish(
                        List.of(
                                Hint.tree(
                                        folder,
                                        EntryPath.ROOT,
                                        Hint.Origin.TRANSFER,
                                        Optional.empty())));
    }

    /**
     * The store does not hold all of what was published: nothing is committed yet, of a folder made
     * anew. What targets hold they keep, until the source was seen as a whole.
     */
    private Mono<UUID> beginAnew(Lease lease) {
        UUID incarnation = context.ids().get();
        LOG.warn(
                "index begins anew, the store lacks pages of the newest commit folder={} incarnation={}",
                folder,
                incarnation);
        return takeBack(lease)
                .then(recovery.forgetCommits(lease))
                .then(recovery.begin(lease, incarnation))
                .then(lookAtAll())
                .thenReturn(incarnation);
    }

    /** Piece by piece: there may be millions. */
    private Mono<Void> takeBack(Lease lease) {
        return takeBack(lease, Optional.empty())
                .expand(last -> last.isEmpty() ? Mono.empty() : takeBack(lease, last))
                .then();
    }

    /** The last path of the piece; none where it was the last piece. */
    private Mono<Optional<EntryPath>> takeBack(Lease lease, Optional<EntryPath> after) {
        return context.ports()
                .commits()
                .committedBelow(folder, EntryPath.ROOT, after, TAKEN_BACK)
                .map(some ->
                        some.size() < TAKEN_BACK
                                ? Optional.<EntryPath>empty()
                                : Optional.of(some.getLast().path()))
                .delayUntil(through -> recovery.restore(lease, Span.without(after, through)));
    }
}
