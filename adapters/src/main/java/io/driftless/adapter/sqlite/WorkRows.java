package io.driftless.adapter.sqlite;

import io.driftless.error.ErrorCode;
import io.driftless.guard.ApprovalId;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Demand;
import io.driftless.port.TargetState.Deviations;
import io.driftless.port.TargetState.Extras;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled.Deviating;
import io.driftless.port.TargetState.Work;
import io.driftless.tree.Stat;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is left to do: one row a path, with a bit for each kind of work and how the last try ended.
 */
final class WorkRows {
    static final int DIRECTORY_BIT = bit(Kind.DIRECTORY);
    static final int CONTENT_BIT = bit(Kind.CONTENT);
    static final int REMOVAL_BIT = bit(Kind.REMOVAL);
    static final int METADATA_BIT = bit(Kind.DIRECTORY_METADATA);

    /** Ends a row's deviation; the rest of an assignment list. */
    static final String AT_ONCE = "next = 0, code = null, message = null";

    private static final long UNKNOWN = -1;

    /** One query a kind, in the kinds' order. */
    private final List<PreparedStatement> due = new ArrayList<>();

    private final PreparedStatement count;
    private final PreparedStatement countDeviations;
    private final PreparedStatement endOnly;
    private final PreparedStatement endOne;
    private final PreparedStatement defer;
    private final PreparedStatement demand;
    private final PreparedStatement retryAll;
    private final PreparedStatement tally;
    private final PreparedStatement examples;
    private final PreparedStatement extras;
    private final PreparedStatement desired;
    private final PreparedStatement approve;

    /**
     * Counting takes a look at every row, and it is asked for often: remembered while it can be
     * told.
     */
    private long rows = UNKNOWN;

    WorkRows(StateFile file) throws SQLException {
        for (Kind kind : Kind.values()) {
            due.add(file.prepare(dueSql(kind)));
        }
        count = file.prepare("select count(*) from work");
        countDeviations = file.prepare("select count(*) from work where code is not null");
        endOnly = file.prepare("delete from work where path_key = ? and kinds = ?");
        endOne =
                file.prepare(
                        "update work set kinds = kinds & ~?2, "
                                + AT_ONCE
                                + " where path_key = ?1 and kinds & ?2 <> 0");
        defer =
                file.prepare(
                        """
                        insert into work (path_key, kinds, is_extra, next, code, message, tries)
                        values (?, ?, 0, ?, ?, ?, ?)
                        on conflict do update set kinds = kinds | excluded.kinds, tries = excluded.tries,
                            next = excluded.next, code = excluded.code, message = excluded.message\
                        """);
        demand =
                file.prepare(
                        """
                        insert into work (path_key, kinds, is_extra, seen, next)
                        select ?1, ?2, ?3, ?4, 0 where ?2 & coalesce((select %s from desired where path_key = ?1), %d) <> 0
                        on conflict do update set kinds = kinds | excluded.kinds, seen = excluded.seen, %s\
                        """
                                .formatted(kindsOfDesired("kind"), REMOVAL_BIT, AT_ONCE));
        retryAll = file.prepare("update work set " + AT_ONCE + " where code is not null");
        tally =
                file.prepare(
                        "select code, count(*) from work where code is not null group by code");
        extras =
                file.prepare(
                        "select path_key, seen from work where kinds & "
                                + REMOVAL_BIT
                                + " <> 0 and is_extra <> 0 order by path_key");
        desired = file.prepare("select coalesce(sum(entries), 0) from page where level = 0");
        approve = file.prepare("update work set is_extra = 0, " + AT_ONCE + " where is_extra <> 0");
        examples =
                file.prepare(
                        "select path_key, code, message, next, tries from work where code is not null order by path_key limit ?");
    }

    static int bit(Kind kind) {
        return 1 << kind.ordinal();
    }

    static Set<Kind> kinds(int bits) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        for (Kind kind : Kind.values()) {
            if ((bits & bit(kind)) != 0) {
                kinds.add(kind);
            }
        }
        return kinds;
    }

    /**
     * The kinds of work that make a path as desired, of a desired row's kind; null means nothing is
     * desired.
     */
    static String kindsOfDesired(String column) {
        return "case when %1$s is null then %2$d when %1$s = %3$d then %4$d else %5$d end"
                .formatted(
                        column,
                        REMOVAL_BIT,
                        Stat.Kind.DIRECTORY.ordinal(),
                        DIRECTORY_BIT | METADATA_BIT,
                        CONTENT_BIT);
    }

    private static String dueSql(Kind kind) {
        return """
        select w.path_key, d.entry, a.stat, a.content, a.proven, w.is_extra
        from work w left join desired d on d.path_key = w.path_key
            left join applied a on a.path_key = w.path_key
        where w.kinds & %d <> 0 and w.next <= ? order by %s limit ?\
        """
                .formatted(bit(kind), orderOf(kind));
    }

    private static String orderOf(Kind kind) {
        return switch (kind) {
            case DIRECTORY -> "w.path_key";
            case CONTENT -> "w.next, w.path_key";
            case REMOVAL, DIRECTORY_METADATA -> "w.path_key desc";
        };
    }

    List<Work> due(Kind kind, Instant now, int limit) throws SQLException {
        PreparedStatement query = due.get(kind.ordinal());
        query.setLong(1, now.equals(TargetState.NOT_TRIED) ? 0 : Encoding.nanos(now));
        query.setInt(2, limit);
        List<Work> work = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                EntryPath path = Encoding.path(row, 1);
                work.add(
                        new Work(
                                path,
                                Encoding.entry(row.getBytes(2)),
                                Encoding.applied(path, row, 3),
                                row.getBoolean(6)));
            }
        }
        return List.copyOf(work);
    }

    /** Rows without a deviation. */
    long left() throws SQLException {
        if (rows == UNKNOWN) {
            rows = number(count);
        }
        return rows - number(countDeviations);
    }

    private static long number(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** To be called whenever rows changed in a way that is not followed here. */
    void forgetCount() {
        rows = UNKNOWN;
    }

    void end(Kind kind, Collection<EntryPath> paths) throws SQLException {
        for (PreparedStatement statement : List.of(endOnly, endOne)) {
            for (EntryPath path : paths) {
                statement.setBytes(1, path.key());
                statement.setInt(2, bit(kind));
                statement.addBatch();
            }
        }
        long ended = 0;
        for (int one : endOnly.executeBatch()) {
            ended += one;
        }
        endOne.executeBatch();
        rows = rows == UNKNOWN ? UNKNOWN : rows - ended;
    }

    void defer(Kind kind, Collection<Deviating> deviations) throws SQLException {
        if (deviations.isEmpty()) {
            return;
        }
        forgetCount();
        for (Deviating deviation : deviations) {
            defer.setBytes(1, deviation.path().key());
            defer.setInt(2, bit(kind));
            defer.setLong(3, Encoding.nanos(deviation.next()));
            defer.setString(4, deviation.code().id());
            defer.setString(5, deviation.message());
            defer.setInt(6, deviation.tries());
            defer.addBatch();
        }
        defer.executeBatch();
    }

    void demand(Collection<Demand> demands) throws SQLException {
        forgetCount();
        for (Demand one : demands) {
            demand.setBytes(1, one.path().key());
            demand.setInt(2, bit(one.kind()));
            demand.setBoolean(3, one.isExtra());
            demand.setLong(4, one.seen());
            demand.addBatch();
        }
        demand.executeBatch();
    }

    void retryAll() throws SQLException {
        retryAll.executeUpdate();
    }

    Extras extras() throws SQLException {
        ApprovalId.Members members = new ApprovalId.Members();
        long count = 0;
        try (ResultSet row = extras.executeQuery()) {
            while (row.next()) {
                members.add(row.getBytes(1), row.getLong(2));
                count++;
            }
        }
        return new Extras(count, number(desired), members.id());
    }

    void approveExtras() throws SQLException {
        approve.executeUpdate();
    }

    Deviations deviations(int limit) throws SQLException {
        Map<ErrorCode, Long> counts = new EnumMap<>(ErrorCode.class);
        try (ResultSet row = tally.executeQuery()) {
            while (row.next()) {
                counts.merge(ErrorCode.ofId(row.getString(1)), row.getLong(2), Long::sum);
            }
        }
        examples.setInt(1, limit);
        List<Deviating> some = new ArrayList<>();
        try (ResultSet row = examples.executeQuery()) {
            while (row.next()) {
                some.add(
                        new Deviating(
                                Encoding.path(row, 1),
                                ErrorCode.ofId(row.getString(2)),
                                row.getString(3),
                                Encoding.instant(row.getLong(4)),
                                row.getInt(5)));
            }
        }
        return new Deviations(counts, some);
    }
}
