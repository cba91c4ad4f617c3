package io.driftless.adapter.sqlite;

import io.driftless.block.ContentId;
import io.driftless.manifest.EntryCodec;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Holder;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Known;
import io.driftless.tree.Entry;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What is desired and what was applied. */
final class KnownRows {
    private static final int MAX_HOLDERS_EACH = 4;

    private final PreparedStatement desiredFrom;
    private final PreparedStatement appliedFrom;
    private final PreparedStatement workFrom;
    private final PreparedStatement desiredAt;
    private final PreparedStatement appliedAt;
    private final PreparedStatement workAt;
    private final PreparedStatement put;
    private final PreparedStatement remove;
    private final PreparedStatement holders;
    private final PreparedStatement leastProven;

    KnownRows(StateFile file) throws SQLException {
        desiredFrom =
                file.prepare(
                        "select path_key, entry from desired where path_key >= ? order by path_key limit ?");
        appliedFrom =
                file.prepare(
                        "select path_key, stat, content, proven from applied where path_key >= ? order by path_key limit ?");
        workFrom =
                file.prepare(
                        "select path_key, kinds from work where path_key >= ? order by path_key limit ?");
        desiredAt = file.prepare("select path_key, entry from desired where path_key = ?");
        appliedAt =
                file.prepare(
                        "select path_key, stat, content, proven from applied where path_key = ?");
        workAt = file.prepare("select path_key, kinds from work where path_key = ?");
        put =
                file.prepare(
                        """
                        insert into applied (path_key, stat, content_id, content, proven) values (?, ?, ?, ?, ?)
                        on conflict do update set stat = excluded.stat, content_id = excluded.content_id,
                            content = excluded.content, proven = case
                                when excluded.proven <> 0 or applied.content_id is not excluded.content_id
                                then excluded.proven else applied.proven end\
                        """);
        leastProven =
                file.prepare(
                        """
                        select path_key, stat, content, proven from applied
                        where content_id is not null and proven > ? and proven <= ? order by proven, path_key limit ?\
                        """);
        remove = file.prepare("delete from applied where path_key = ?");
        holders =
                file.prepare(
                        """
                        select a.path_key, a.stat, a.content, a.proven, coalesce(w.kinds & %d <> 0, 0) as removal
                        from applied a left join work w on w.path_key = a.path_key
                        where a.content_id = ? order by removal desc, a.path_key limit %d\
                        """
                                .formatted(WorkRows.REMOVAL_BIT, MAX_HOLDERS_EACH));
    }

    List<Known> from(Optional<EntryPath> after, int limit) throws SQLException {
        NavigableMap<EntryPath, Known> known = new TreeMap<>();
        for (PreparedStatement statement : List.of(desiredFrom, appliedFrom, workFrom)) {
            statement.setBytes(1, Encoding.after(after));
            statement.setInt(2, limit);
        }
        readDesired(desiredFrom, known);
        readApplied(appliedFrom, known);
        readWork(workFrom, known);
        return known.values().stream().limit(limit).toList();
    }

    List<Known> of(Collection<EntryPath> paths) throws SQLException {
        NavigableMap<EntryPath, Known> known = new TreeMap<>();
        for (EntryPath path : new HashSet<>(paths)) {
            byte[] key = path.key();
            desiredAt.setBytes(1, key);
            readDesired(desiredAt, known);
            appliedAt.setBytes(1, key);
            readApplied(appliedAt, known);
            workAt.setBytes(1, key);
            readWork(workAt, known);
        }
        return List.copyOf(known.values());
    }

    private static void readDesired(PreparedStatement query, NavigableMap<EntryPath, Known> known)
            throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                Entry entry = EntryCodec.decodeEntry(row.getBytes(2));
                known.put(
                        entry.path(),
                        new Known(entry.path(), Optional.of(entry), Optional.empty(), Set.of()));
            }
        }
    }

    private static void readApplied(PreparedStatement query, NavigableMap<EntryPath, Known> known)
            throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                EntryPath path = Encoding.path(row, 1);
                Optional<Applied> applied = Encoding.applied(path, row, 2);
                known.merge(
                        path,
                        new Known(path, Optional.empty(), applied, Set.of()),
                        (desired, _) -> new Known(path, desired.desired(), applied, Set.of()));
            }
        }
    }

    private static void readWork(PreparedStatement query, NavigableMap<EntryPath, Known> known)
            throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                EntryPath path = Encoding.path(row, 1);
                Set<Kind> work = WorkRows.kinds(row.getInt(2));
                known.merge(
                        path,
                        new Known(path, Optional.empty(), Optional.empty(), work),
                        (one, _) -> new Known(path, one.desired(), one.applied(), work));
            }
        }
    }

    List<Applied> leastProven(Instant now, int limit) throws SQLException {
        List<Applied> files = new ArrayList<>(proven(Encoding.nanos(now), Long.MAX_VALUE, limit));
        files.addAll(proven(-1, Encoding.nanos(now), limit - files.size()));
        return List.copyOf(files);
    }

    private List<Applied> proven(long after, long through, int limit) throws SQLException {
        leastProven.setLong(1, after);
        leastProven.setLong(2, through);
        leastProven.setInt(3, limit);
        List<Applied> files = new ArrayList<>();
        try (ResultSet row = leastProven.executeQuery()) {
            while (row.next()) {
                Encoding.applied(Encoding.path(row, 1), row, 2).ifPresent(files::add);
            }
        }
        return List.copyOf(files);
    }

    void put(Collection<Applied> all) throws SQLException {
        for (Applied applied : all) {
            put.setBytes(1, applied.path().key());
            put.setBytes(2, EntryCodec.encode(applied.stat()));
            put.setBytes(3, Encoding.contentId(applied));
            put.setBytes(4, Encoding.content(applied));
            put.setLong(5, Encoding.proven(applied));
            put.addBatch();
        }
        put.executeBatch();
    }

    void remove(Collection<EntryPath> paths) throws SQLException {
        for (EntryPath path : paths) {
            remove.setBytes(1, path.key());
            remove.addBatch();
        }
        remove.executeBatch();
    }

    List<Holder> holders(Set<ContentId> contents) throws SQLException {
        List<Holder> found = new ArrayList<>();
        for (ContentId content : contents) {
            holders.setBytes(1, content.toBytes());
            try (ResultSet row = holders.executeQuery()) {
                while (row.next()) {
                    boolean isToBeRemoved = row.getBoolean(5);
                    Encoding.applied(Encoding.path(row, 1), row, 2)
                            .ifPresent(applied -> found.add(new Holder(applied, isToBeRemoved)));
                }
            }
        }
        found.sort(
                Comparator.comparing((Holder holder) -> !holder.isToBeRemoved())
                        .thenComparing(holder -> holder.applied().path()));
        return List.copyOf(found);
    }
}
