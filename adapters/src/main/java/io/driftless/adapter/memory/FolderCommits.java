package io.driftless.adapter.memory;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.CommitLog.Refusal;
import io.driftless.port.FolderIndex.Folder;
import io.driftless.tree.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What one folder has committed, and who may commit next. */
final class FolderCommits {
    private final Folder folder;
    private final FolderRows rows;
    private final FolderPacks packs;

    private final NavigableMap<EntryPath, Entry> committed = new TreeMap<>();
    private final NavigableMap<Long, Commit> unsent = new TreeMap<>();
    private Optional<Commit> newest = Optional.empty();

    private long token;
    private Optional<String> holder = Optional.empty();
    private Instant leasedUntil = Instant.MIN;

    FolderCommits(Folder folder, FolderRows rows, FolderPacks packs) {
        this.folder = folder;
        this.rows = rows;
        this.packs = packs;
    }

    Optional<Lease> lease(String candidate, Duration life, Instant now) {
        boolean isHeld = holder.isPresent() && now.isBefore(leasedUntil);
        boolean isOurs = isHeld && holder.equals(Optional.of(candidate));
        if (isHeld && !isOurs) {
            return Optional.empty();
        }
        if (!isOurs) {
            token++;
        }
        holder = Optional.of(candidate);
        leasedUntil = now.plus(life);
        return Optional.of(new Lease(folder.id(), candidate, token));
    }

    void release(Lease lease) {
        if (lease.token() == token) {
            holder = Optional.empty();
        }
    }

    Optional<Commit> newest() {
        return newest;
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

    Optional<Refusal> commit(Lease lease, Draft draft) {
        Commit commit = draft.commit();
        checkIncarnation(commit);
        if (lease.token() != token) {
            return Optional.of(Refusal.LEASE_LOST);
        }
        if (newest.filter(last -> commit.seq() <= last.seq()).isPresent()) {
            return Optional.of(Refusal.NOT_NEXT);
        }
        if (!packs.use(draft.packs())) {
            return Optional.of(Refusal.PACK_GONE);
        }
        draft.removals().forEach(committed::remove);
        draft.puts().forEach(entry -> committed.put(entry.path(), entry));
        draft.taken().forEach(rows::settle);
        draft.removals().forEach(rows::remind);
        newest = Optional.of(commit);
        unsent.put(commit.seq(), commit);
        return Optional.empty();
    }

    private void checkIncarnation(Commit commit) {
        if (!commit.incarnation().equals(folder.incarnation())) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "Folder %s is incarnation %s, the commit is for %s."
                            .formatted(folder.id(), folder.incarnation(), commit.incarnation()));
        }
    }

    List<Commit> unsent(int limit) {
        return unsent.values().stream().limit(limit).toList();
    }

    void sent(long seq) {
        unsent.remove(seq);
    }
}
