package io.driftless.adapter.memory;

import io.driftless.block.BlockLocation;
import io.driftless.block.PageHash;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.CommitLog.Refusal;
import io.driftless.port.FolderIndex.Folder;
import io.driftless.port.IndexRecovery;
import io.driftless.port.IndexRecovery.Span;
import io.driftless.retention.Retention;
import io.driftless.retention.Retention.Applying;
import io.driftless.retention.Retention.Standing;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

/** What one folder has committed, and who may commit next. */
final class FolderCommits {
    private final FolderId id;
    private UUID incarnation;
    private boolean isBegun;
    private final FolderRows rows;
    private final FolderPacks packs;
    private final StoredRows<PageHash> pages;
    private final FolderParked parked;

    private final NavigableMap<EntryPath, Entry> committed = new TreeMap<>();
    private final NavigableMap<Long, Made> commits = new TreeMap<>();
    private final NavigableSet<Long> unsent = new TreeSet<>();
    private final LeaseRow lease = new LeaseRow();

    private record Made(Commit commit, Instant at) {}

    FolderCommits(
            Folder folder,
            FolderRows rows,
            FolderPacks packs,
            StoredRows<PageHash> pages,
            FolderParked parked) {
        this.id = folder.id();
        this.incarnation = folder.incarnation();
        this.rows = rows;
        this.packs = packs;
        this.pages = pages;
        this.parked = parked;
    }

    Optional<Lease> lease(String holder, Duration life, Instant now) {
        return lease.take(holder, life, now).map(token -> new Lease(id, holder, token));
    }

    void release(Lease given) {
        lease.release(given.token());
    }

    Folder folder() {
        return new Folder(id, incarnation);
    }

    IndexRecovery.Known begun() {
        return new IndexRecovery.Known(incarnation, isBegun);
    }

    /** Fails where the lease went to another holder. */
    FolderCommits under(Lease given) {
        if (!lease.isHeldBy(given.token())) {
            throw SyncException.leaseLost(given.folder().value());
        }
        return this;
    }

    void begin(UUID under) {
        incarnation = under;
        isBegun = true;
    }

    void restore(Span span, Supplier<Version> nextVersion) {
        Map<EntryPath, Entry> wanted = new TreeMap<>();
        span.entries().forEach(entry -> wanted.put(entry.path(), entry));
        between(committed, span).clear();
        committed.putAll(wanted);
        rows.restore(span, wanted, this::isParked, nextVersion);
        pages.restore(span.manifest(), false);
        pages.restore(span.lists(), true);
    }

    void restoreMounts(Set<EntryPath> mounts, Supplier<Version> nextVersion) {
        for (EntryPath top : rows.replaceMounts(mounts)) {
            rows.forgetAt(top, this::isParked);
            committed.values().stream()
                    .filter(entry -> entry.path().equals(top) || top.isAncestorOf(entry.path()))
                    .forEach(entry -> rows.seed(entry, nextVersion));
        }
    }

    private boolean isParked(EntryPath path) {
        return !parked.standings(List.of(path)).isEmpty();
    }

    static <T> NavigableMap<EntryPath, T> between(NavigableMap<EntryPath, T> all, Span span) {
        NavigableMap<EntryPath, T> rest =
                span.after().map(path -> all.tailMap(path, false)).orElse(all);
        return span.through().map(path -> rest.headMap(path, true)).orElse(rest);
    }

    void beginRestore() {
        packs.rows().keep();
        pages.keep();
    }

    void adopt(UUID pack, List<BlockLocation> blocks) {
        packs.adopt(pack, blocks);
    }

    void restoreCommits(List<Commit> made, Instant now) {
        made.forEach(commit -> commits.putIfAbsent(commit.seq(), new Made(commit, now)));
    }

    void forgetCommits() {
        commits.clear();
        unsent.clear();
        pages.dropManifests();
        pages.unneeded();
        packs.rows().unneeded();
    }

    Optional<Commit> newest() {
        return Optional.ofNullable(commits.lastEntry()).map(last -> last.getValue().commit());
    }

    List<Entry> committed(Collection<EntryPath> paths) {
        return new TreeSet<>(paths)
                .stream().filter(committed::containsKey).map(committed::get).toList();
    }

    List<Entry> committedBelow(EntryPath directory, Optional<EntryPath> after, int limit) {
        EntryPath begin = after.filter(path -> path.compareTo(directory) > 0).orElse(directory);
        return committed.tailMap(begin, false).values().stream()
                .takeWhile(entry -> directory.isAncestorOf(entry.path()))
                .limit(limit)
                .toList();
    }

    List<Entry> lastBelow(EntryPath directory, int limit) {
        return below(directory).reversed().stream().limit(limit).toList();
    }

    long countBelow(EntryPath directory) {
        return below(directory).size();
    }

    private List<Entry> below(EntryPath directory) {
        return committedBelow(directory, Optional.empty(), Integer.MAX_VALUE);
    }

    Optional<Refusal> commit(Lease given, Draft draft, Instant now) {
        Commit commit = draft.commit();
        if (!lease.isHeldBy(given.token())) {
            return Optional.of(Refusal.LEASE_LOST);
        }
        boolean isOld = newest().filter(last -> commit.seq() <= last.seq()).isPresent();
        boolean isOfAnother =
                commit.parentRoot().isPresent()
                        && !newest().map(Commit::root).equals(commit.parentRoot());
        if (isOld || isOfAnother || !commit.incarnation().equals(incarnation)) {
            return Optional.of(Refusal.NOT_NEXT);
        }
        if (!pages.areBegun(draft.pages().stored())) {
            return Optional.of(Refusal.PAGE_GONE);
        }
        if (!packs.use(draft.packs(), commit.seq())) {
            return Optional.of(Refusal.PACK_GONE);
        }
        pages.use(draft.pages().manifest(), commit.seq(), false);
        pages.use(draft.pages().lists(), commit.seq(), true);
        pages.drop(draft.pages().superseded(), commit.seq());
        draft.removals().forEach(committed::remove);
        draft.puts().forEach(entry -> committed.put(entry.path(), entry));
        draft.taken().forEach(rows::settle);
        draft.removals().forEach(rows::doubt);
        parked.settled(draft.puts().stream().map(Entry::path).toList(), draft.removals());
        commits.put(commit.seq(), new Made(commit, now));
        unsent.add(commit.seq());
        return Optional.empty();
    }

    List<Commit> unsent(int limit) {
        return unsent.stream().limit(limit).map(this::commit).toList();
    }

    private Commit commit(long seq) {
        return Objects.requireNonNull(commits.get(seq)).commit();
    }

    void sent(long seq) {
        unsent.remove(seq);
    }

    Standing standing(Retention retention, List<Applying> targets, Instant now) {
        Optional<Long> firstYoung =
                commits.entrySet().stream()
                        .filter(made -> made.getValue().at().plus(retention.young()).isAfter(now))
                        .map(Map.Entry::getKey)
                        .findFirst();
        long firstOfLast =
                commits.descendingKeySet().stream()
                        .limit(retention.commits())
                        .reduce((_, next) -> next)
                        .orElseThrow();
        return new Standing(incarnation, commits.lastKey(), firstYoung, firstOfLast, targets);
    }

    List<Commit> before(long seq, int limit) {
        return commits.headMap(seq).keySet().stream()
                .filter(each -> !unsent.contains(each) && !each.equals(commits.lastKey()))
                .limit(limit)
                .map(this::commit)
                .toList();
    }

    void drop(List<Long> seqs) {
        seqs.stream()
                .filter(seq -> !unsent.contains(seq) && !seq.equals(commits.lastKey()))
                .forEach(commits::remove);
    }
}
