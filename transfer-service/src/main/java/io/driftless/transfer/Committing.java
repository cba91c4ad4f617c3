package io.driftless.transfer;

import io.driftless.block.BlockLocation;
import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Bytes;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.manifest.ChangeList;
import io.driftless.manifest.ChangeListCodec;
import io.driftless.manifest.ManifestEdit;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.CommitLog.Pages;
import io.driftless.port.CommitLog.Refusal;
import io.driftless.port.PageStore;
import io.driftless.source.RootCheck;
import io.driftless.transfer.CommitTree.Closed;
import io.driftless.transfer.RemovalCheck.Checked;
import io.driftless.transfer.TransferFlow.Transferred;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Makes the next commit: rows that are ready, closed to a valid tree, as pages that are durable
 * before the commit is.
 */
final class Committing {
    private static final Logger LOG = LoggerFactory.getLogger(TransferFlow.class);

    private final TransferContext context;
    private final ReadyRows ready;
    private final CommitTree trees;
    private final CommitPages pages;
    private final RemovalCheck removals;
    private final FirstScan firstScan;
    private final Published published;
    private Optional<Optional<Commit>> newest = Optional.empty();
    private Optional<Commit> lastMade = Optional.empty();
    private UUID incarnation;
    private boolean isHolding;

    /** What is left out of the next choice. */
    private ReadyRows.But but = ReadyRows.But.NOTHING;

    Committing(TransferContext context, RootCheck root, FirstScan firstScan, Published published) {
        this.context = context;
        this.published = published;
        this.incarnation = context.folder().incarnation();
        this.firstScan = firstScan;
        this.ready = new ReadyRows(context);
        this.trees = new CommitTree(context);
        this.pages = new CommitPages(context);
        this.removals = new RemovalCheck(context, root);
    }

    /** A commit that is durable and not sent yet. */
    record Made(Commit commit, long puts, long removals) {
        Transferred report() {
            return new Transferred.Committed(commit.seq(), puts, removals);
        }
    }

    /** Forgets what the newest commit was: somebody else may have committed. */
    void forget() {
        newest = Optional.empty();
    }

    /** Commits are of this incarnation from now on. */
    void begin(UUID under) {
        incarnation = under;
    }

    /** Whether rows are left for a later commit on purpose. */
    boolean isHolding() {
        return isHolding;
    }

    /** Whether something later was published than the newest commit that is known here. */
    Mono<Boolean> isOvertaken() {
        return newest().map(known -> published.isAhead(incarnation, known));
    }

    /** Empty where nothing is ready. */
    Mono<Made> next(Lease lease) {
        isHolding = false;
        but = ReadyRows.But.NOTHING;
        removals.begin();
        return newest().flatMap(known -> {
            Optional<Commit> former = known.filter(one -> !one.incarnation().equals(incarnation));
            return former.isPresent() ? sayAnew(lease, former.get()) : firstThatPasses(lease);
        });
    }

    /**
     * The first commit under another incarnation: what is committed, after every number that was
     * published.
     */
    private Mono<Made> sayAnew(Lease lease, Commit former) {
        long before = Math.max(former.seq(), published.highest(former.incarnation()));
        return Mono.zip(firstScan.rules(), mounts())
                .map(known ->
                        signed(
                                new Commit(
                                        former.folder(),
                                        incarnation,
                                        1 + before,
                                        former.root(),
                                        Optional.of(former.root()),
                                        known.getT1(),
                                        "",
                                        former.summary(),
                                        context.now(),
                                        new Commit.Changes.None(),
                                        Signature.NONE),
                                known.getT2()))
                .map(commit ->
                        new Draft(commit, List.of(), List.of(), List.of(), Set.of(), Pages.NONE))
                .flatMap(draft -> commit(lease, draft));
    }

    private Mono<Made> commit(Lease lease, Draft draft) {
        return context.ports()
                .commits()
                .commit(lease, draft)
                .flatMap(refusal -> concluded(refusal, draft));
    }

    /**
     * What came of one choice of rows.
     *
     * @param isLast false where another choice is to be made
     */
    private record Tried(Optional<Made> made, boolean isLast) {
        static final Tried NOTHING_READY = new Tried(Optional.empty(), true);
        static final Tried AGAIN = new Tried(Optional.empty(), false);
    }

    /** One choice after the other, none within another: there may be any number of them. */
    private Mono<Made> firstThatPasses(Lease lease) {
        return attempt(lease)
                .expand(tried -> tried.isLast() ? Mono.empty() : attempt(lease))
                .concatMap(tried -> Mono.justOrEmpty(tried.made()), 0)
                .next();
    }

    private Mono<Tried> attempt(Lease lease) {
        return Mono.defer(() -> ready.next(but))
                .flatMap(chosen ->
                        trees.close(chosen.rows())
                                .flatMap(closed ->
                                        closed.isEmpty()
                                                ? Mono.just(refused(chosen))
                                                : newest().flatMap(parent ->
                                                        checked(lease, parent, chosen, closed))))
                .defaultIfEmpty(Tried.NOTHING_READY);
    }

    /** What was chosen waits for something else; there may be more after it. */
    private Tried refused(ReadyRows.Chosen chosen) {
        but = but.upTo(Collections.max(chosen.rows().keySet()));
        return Tried.AGAIN;
    }

    /** What is withheld is not dirty any more, so the next choice is without it. */
    private Mono<Tried> checked(
            Lease lease, Optional<Commit> parent, ReadyRows.Chosen chosen, Closed closed) {
        return removals.check(new RemovalCheck.Draft(chosen.rows(), closed, parent))
                .flatMap(checked ->
                        switch (checked) {
                            case Checked.Passed passed ->
                                    make(lease, parent, chosen, closed)
                                            .doOnNext(made -> removals.made(passed))
                                            .map(made -> new Tried(Optional.of(made), true));
                            case Checked.Withheld() -> Mono.just(Tried.AGAIN);
                            case Checked.Held(Set<EntryPath> paths) -> {
                                isHolding = true;
                                but = but.andBelow(paths);
                                yield Mono.just(but.isFull() ? Tried.NOTHING_READY : Tried.AGAIN);
                            }
                        });
    }

    private Mono<Optional<Commit>> newest() {
        return newest.map(Mono::just)
                .orElseGet(() ->
                        context.ports()
                                .commits()
                                .newest(context.folder().id())
                                .doOnNext(this::follow));
    }

    /** Of what somebody else committed since, nobody here knows what it moved. */
    private void follow(Optional<Commit> found) {
        newest = Optional.of(found);
        if (!found.map(Commit::root).equals(lastMade.map(Commit::root))
                || !found.map(Commit::seq).equals(lastMade.map(Commit::seq))) {
            removals.forget();
        }
    }

    private Mono<Made> make(
            Lease lease, Optional<Commit> parent, ReadyRows.Chosen chosen, Closed closed) {
        List<Change> changes = closed.changes();
        Set<PageHash> lists = new HashSet<>();
        return pages.writeLists(chosen.listed(), lists)
                .then(
                        ManifestEdit.apply(
                                context.ports().pages(),
                                parent.map(Commit::root),
                                changes,
                                pages::write))
                .flatMap(written -> draft(parent, chosen, closed, written, lists))
                .flatMap(draft -> commit(lease, draft));
    }

    private Mono<Draft> draft(
            Optional<Commit> parent,
            ReadyRows.Chosen chosen,
            Closed closed,
            ManifestEdit.Written written,
            Set<PageHash> lists) {
        Set<UUID> packs =
                chosen.locations().values().stream()
                        .map(BlockLocation::pack)
                        .collect(Collectors.toSet());
        Pages affected = new Pages(written.added(), lists, written.superseded());
        return Mono.zip(changes(closed.changes(), chosen), firstScan.rules(), mounts())
                .map(known -> {
                    Commit unsigned =
                            new Commit(
                                    context.folder().id(),
                                    incarnation,
                                    1 + parent.map(Commit::seq).orElse(0L),
                                    written.root(),
                                    parent.map(Commit::root),
                                    known.getT2(),
                                    "",
                                    written.summary(),
                                    context.now(),
                                    known.getT1(),
                                    Signature.NONE);
                    return new Draft(
                            signed(unsigned, known.getT3()),
                            closed.puts(),
                            closed.removals(),
                            closed.taken(),
                            packs,
                            affected);
                });
    }

    private Mono<Set<EntryPath>> mounts() {
        return context.ports().index().mounts(context.folder().id());
    }

    /** With the mount points as they were when, or after, what it takes was observed. */
    private Commit signed(Commit commit, Set<EntryPath> mounts) {
        Commit unsigned = commit.withMounts(mounts);
        if (unsigned.mounts().size() < mounts.size()) {
            LOG.warn(
                    "commit does not name all mount points folder={} sequence={} named={} of={}",
                    context.folder().id(),
                    commit.seq(),
                    unsigned.mounts().size(),
                    mounts.size());
        }
        return unsigned.signed(context.ports().signer().sign(unsigned));
    }

    /**
     * In the record where it is short, as an object where that is smaller than the pages and there
     * is room for it in one, else not at all.
     */
    private Mono<Commit.Changes> changes(List<Change> changes, ReadyRows.Chosen chosen) {
        if (changes.size() > context.settings().maxListedChanges()
                || chosen.locations().size() > context.settings().maxCommitBlocks()) {
            return Mono.just(new Commit.Changes.None());
        }
        byte[] list =
                ChangeListCodec.encode(
                        new ChangeList(changes, List.copyOf(chosen.locations().values())));
        if (list.length <= Commit.MAX_INLINE_BYTES) {
            return Mono.just(new Commit.Changes.Inline(Bytes.of(list)));
        }
        return list.length > PageStore.MAX_CHANGES_BYTES
                ? Mono.just(new Commit.Changes.None())
                : context.ports().pages().putChanges(list).map(Commit.Changes.Stored::new);
    }

    private Mono<Made> concluded(Optional<Refusal> refusal, Draft draft) {
        if (refusal.isEmpty()) {
            lastMade = Optional.of(draft.commit());
            newest = Optional.of(lastMade);
            return Mono.just(
                    new Made(draft.commit(), draft.puts().size(), draft.removals().size()));
        }
        forget();
        return switch (refusal.get()) {
            case LEASE_LOST -> Mono.error(SyncException.leaseLost(context.folder().id().value()));
            // Looked up anew, the blocks count as missing and are stored again.
            case PACK_GONE ->
                    Mono.error(
                            new SyncException(
                                    ErrorCode.BLOCK_MISSING,
                                    "A pack that the commit needs is gone."));
            // Made anew, the commit begins and stores its pages again.
            case PAGE_GONE ->
                    Mono.error(
                            new SyncException(
                                    ErrorCode.STORE_OBJECT_MISSING,
                                    "A page of the commit was collected before it was needed."));
            case NOT_NEXT ->
                    Mono.error(
                            new SyncException(
                                    ErrorCode.LEASE_LOST, "Another commit came before this one."));
        };
    }
}
