package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.event.Commit;
import io.driftless.manifest.EntryCodec;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Lease;
import io.driftless.port.CommitLog.Refusal;
import io.driftless.port.CommitLog.Taken;
import io.driftless.tree.Entry;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One commit: asks whether it may be, then does it, all or nothing. */
final class CommitTransaction {
    private static final short VANISHED = (short) RowColumns.number(ErrorCode.ENTRY_VANISHED);

    private static final LeaseTable LEASES = new LeaseTable(LeaseTable.Work.COMMIT);

    private static final String NEWEST =
            "select body from commit where folder = $1 order by seq desc limit 1";

    /** A later statement than the lock: it sees what the holder before committed. */
    private static final String ENTER =
            """
            with entered as (
                insert into commit (folder, seq, body)
                select $1, $2, $3
                where not exists (select from commit where folder = $1 and seq >= $2)
                  and (select incarnation from folder where number = $1) = $4
                returning seq
            )
            insert into outbox (folder, seq) select $1, seq from entered
            """;

    /** Waits for a collector that has one of them; then it is gone, and not among those updated. */
    private static final String USE_PACKS =
            """
            update pack
            set state = 1, needed = $3, dropped = null,
                since = case when state = 1 then since else now() end
            where folder = $1 and id = any($2) and state in (1, 2)
            """;

    /**
     * Settles the rows taken and writes what is committed. A dirty row that is at another version
     * by now stays, dirty since the one after. A clean row whose path is removed although it has an
     * entry went with its directory: it becomes dirty and waits to be looked at, under a new
     * version, so that whoever writes it at this moment loses and looks again. What is updated is
     * the pages: fewer than there should be where some are gone.
     */
    private static final String APPLY =
            """
            with taken as materialized (
                select t.key, t.version as taken, b.*
                from unnest($1::bytea[], $2::bigint[]) as t (key, version)
                cross join lateral (
                    select d.ctid as place, d.version, d.since, d.removed from dirty d
                    where head(d.key) = head(t.key) and d.key = t.key offset 0
                ) b
            ), cleared as (
                delete from entry e
                using taken t
                cross join lateral (
                    select x.ctid as place from entry x
                    where head(x.key) = head(t.key) and x.key = t.key offset 0
                ) b
                where t.version = t.taken and t.removed and e.ctid = b.place and e.version = t.taken
                returning e.version, e.key
            ), remembered as (
                insert into gone (version, key) select version, key from cleared order by key
                on conflict (head(key), tail(key)) do update set version = excluded.version, since = excluded.since
            ), left_behind as (
                update entry e
                set version = nextval('version'), state = 2, code = $10, tries = 1, due = 'epoch'
                from unnest($5::bytea[]) as r (key)
                cross join lateral (
                    select x.ctid as place, x.version from entry x
                    where head(x.key) = head(r.key) and x.key = r.key and x.entry is not null
                      and (select true from dirty d where head(d.key) = head(r.key) and d.key = r.key) is null
                    offset 0
                ) b
                where e.ctid = b.place and e.version = b.version
                returning e.version, b.version as since, e.key
            ), reminded as (
                insert into dirty (version, since, removed, key)
                select version, since, false, key from left_behind
                on conflict (head(key), tail(key)) do update set version = excluded.version, removed = false
            ), settled as (
                delete from dirty d
                using taken t
                where t.version = t.taken and d.ctid = t.place and d.version = t.taken
            ), passed as (
                update dirty d set since = t.taken + 1
                from taken t
                where t.version <> t.taken and t.since <= t.taken and d.ctid = t.place
            ), put as (
                insert into committed (key, entry)
                select p.key, p.entry from unnest($3::bytea[], $4::bytea[]) as p (key, entry)
                on conflict (head(key), tail(key)) do update set entry = excluded.entry
            ), superseded as (
                update page set dropped = $9 where key = any($8)
            ), dropped as (
                delete from committed c
                using unnest($5::bytea[]) as r (key)
                cross join lateral (
                    select x.ctid as place from committed x
                    where head(x.key) = head(r.key) and x.key = r.key offset 0
                ) b
                where c.ctid = b.place
            )
            update page
            set state = 1, needed = $9, dropped = null, listed = key = any($7),
                since = case when state = 1 then since else now() end
            where key = any($6) and state <> 3
            """;

    /** Each commit forgets more than it adds. */
    private static final String FORGET_GONE =
            """
            delete from gone g
            using (
                select ctid as place from gone
                where since < now() - interval '1 hour'
                order by since
                limit $1
                for update skip locked
            ) o
            where g.ctid = o.place
            """;

    private static final int MIN_FORGOTTEN = 1_000;

    /** Statements around what is applied. */
    private static final int DECISIONS = 8;

    /** Locks of entries, locks of flags, changes, and what leaves the parked sets. */
    private static final int PASSES = 5;

    private final Lease lease;
    private final Draft draft;
    private final Set<PageHash> pages;
    private final byte[] body;
    private final Function<byte[], Commit> read;
    private final int batchRows;

    CommitTransaction(
            Lease lease, Draft draft, byte[] body, Function<byte[], Commit> read, int batchRows) {
        this.lease = lease;
        this.draft = draft;
        this.pages = draft.pages().stored();
        this.body = body;
        this.read = read;
        this.batchRows = batchRows;
    }

    /** Empty where it is durable. */
    Mono<Optional<Refusal>> run(Database database, FolderKey folder) {
        return database.transaction(
                DECISIONS + PASSES * batches(),
                session -> decideAndApply(session, folder),
                Optional::isEmpty);
    }

    private int batches() {
        int longest =
                Stream.of(
                                draft.taken(),
                                draft.puts(),
                                draft.removals(),
                                pages,
                                draft.pages().superseded())
                        .mapToInt(Collection::size)
                        .max()
                        .orElseThrow();
        return Math.ceilDiv(longest, batchRows);
    }

    private Mono<Optional<Refusal>> decideAndApply(Session session, FolderKey folder) {
        return holdsLease(session, folder)
                .flatMap(holds -> holds ? enter(session, folder) : refused(Refusal.LEASE_LOST));
    }

    private Mono<Optional<Refusal>> enter(Session session, FolderKey folder) {
        return isParentNewest(session, folder)
                .flatMap(isParent -> isParent ? isNext(session, folder) : Mono.just(false))
                .flatMap(isNext -> isNext ? usePacks(session, folder) : refused(Refusal.NOT_NEXT));
    }

    private Mono<Optional<Refusal>> usePacks(Session session, FolderKey folder) {
        return hasPacks(session, folder)
                .flatMap(has -> has ? usePages(session, folder) : refused(Refusal.PACK_GONE));
    }

    private Mono<Optional<Refusal>> usePages(Session session, FolderKey folder) {
        return apply(session, folder)
                .flatMap(used ->
                        used == pages.size()
                                ? Mono.just(Optional.<Refusal>empty())
                                : refused(Refusal.PAGE_GONE));
    }

    private static Mono<Optional<Refusal>> refused(Refusal why) {
        return Mono.just(Optional.of(why));
    }

    private Mono<Boolean> holdsLease(Session session, FolderKey folder) {
        return LEASES.hold(session, folder, lease.token());
    }

    /** A database that was put back may be without the parent, though the lease is as it was. */
    private Mono<Boolean> isParentNewest(Session session, FolderKey folder) {
        Optional<PageHash> parent = draft.commit().parentRoot();
        return parent.isEmpty()
                ? Mono.just(true)
                : session.list(Sql.of(NEWEST, folder.number()), row -> read.apply(row.bytes(0)))
                        .map(newest ->
                                newest.stream().findFirst().map(Commit::root).equals(parent));
    }

    private Mono<Boolean> isNext(Session session, FolderKey folder) {
        return session.update(enter(folder)).map(entered -> entered == 1);
    }

    private Sql enter(FolderKey folder) {
        return Sql.of(
                ENTER, folder.number(), draft.commit().seq(), body, draft.commit().incarnation());
    }

    private Mono<Boolean> hasPacks(Session session, FolderKey folder) {
        if (draft.packs().isEmpty()) {
            return Mono.just(true);
        }
        ArrayColumn packs = ArrayColumn.ofIds(draft.packs());
        return session.update(Sql.of(USE_PACKS, folder.number(), packs, draft.commit().seq()))
                .map(used -> used == draft.packs().size());
    }

    /** The number of pages that are live now. */
    private Mono<Long> apply(Session session, FolderKey folder) {
        Set<EntryPath> put = draft.puts().stream().map(Entry::path).collect(Collectors.toSet());
        List<Taken> taken = sorted(draft.taken(), Taken::path);
        List<Entry> puts = sorted(draft.puts(), Entry::path);
        List<EntryPath> removals =
                draft.removals().stream().filter(path -> !put.contains(path)).sorted().toList();
        List<PageHash> used = pages.stream().sorted().toList();
        List<PageHash> superseded = draft.pages().superseded().stream().sorted().toList();
        Flux<Long> applied =
                Flux.range(0, batches())
                        .concatMap(batch ->
                                session.update(
                                        apply(
                                                folder,
                                                slice(taken, batch),
                                                slice(puts, batch),
                                                slice(removals, batch),
                                                slice(used, batch),
                                                slice(superseded, batch))));
        RowLocks locks = new RowLocks(session, folder, batchRows);
        List<EntryPath> flags = taken.stream().map(Taken::path).toList();
        SortedSet<EntryPath> changed = new TreeSet<>(put);
        changed.addAll(removals);
        return locks.entries(mayGo(put, removals))
                .then(locks.flags(flags))
                .thenMany(applied)
                .reduce(0L, Long::sum)
                .delayUntil(_ -> session.update(Sql.of(FORGET_GONE, forgotten())))
                .delayUntil(_ -> new ParkedRows(session, folder, batchRows).leave(changed));
    }

    private int forgotten() {
        return Math.max(MIN_FORGOTTEN, 2 * draft.taken().size());
    }

    /** In path order, each once: removals, and what was taken and holds no entry. */
    private Collection<EntryPath> mayGo(Set<EntryPath> put, List<EntryPath> removals) {
        SortedSet<EntryPath> paths = new TreeSet<>(removals);
        draft.taken().stream()
                .map(Taken::path)
                .filter(path -> !put.contains(path))
                .forEach(paths::add);
        return paths;
    }

    private Sql apply(
            FolderKey folder,
            List<Taken> taken,
            List<Entry> puts,
            List<EntryPath> removals,
            List<PageHash> used,
            List<PageHash> superseded) {
        ArrayColumn takenKeys = new ArrayColumn(Type.BYTEA);
        ArrayColumn takenVersions = new ArrayColumn(Type.BIGINT);
        for (Taken row : taken) {
            takenKeys.add(folder.of(row.path()));
            takenVersions.add(row.version().value());
        }
        ArrayColumn putKeys = new ArrayColumn(Type.BYTEA);
        ArrayColumn putEntries = new ArrayColumn(Type.BYTEA);
        for (Entry entry : puts) {
            putKeys.add(folder.of(entry.path()));
            putEntries.add(EntryCodec.encode(entry));
        }
        return Sql.of(
                APPLY,
                takenKeys,
                takenVersions,
                putKeys,
                putEntries,
                folder.ofPaths(removals),
                folder.ofHashes(used),
                folder.ofHashes(used.stream().filter(draft.pages().lists()::contains).toList()),
                folder.ofHashes(superseded),
                draft.commit().seq(),
                VANISHED);
    }

    private <T> List<T> slice(List<T> all, int batch) {
        int begin = Math.min(batch * batchRows, all.size());
        return all.subList(begin, Math.min(begin + batchRows, all.size()));
    }

    private static <T> List<T> sorted(List<T> items, Function<T, EntryPath> path) {
        return items.stream().sorted(Comparator.comparing(path)).toList();
    }
}
