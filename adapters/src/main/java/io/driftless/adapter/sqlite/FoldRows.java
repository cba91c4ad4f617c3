package io.driftless.adapter.sqlite;

import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.manifest.EntryCodec;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Stat;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Changes on the way to the next position, and the step that makes them desired. */
final class FoldRows {
    /** Rows that collecting again does not change are no changes. */
    private static final String FIND_CHANGED =
            """
            insert into changed (path_key, parent, kind)
            select i.path_key, i.parent, i.kind
            from incoming i left join desired d on d.path_key = i.path_key
            where d.entry is not i.entry\
            """;

    private static final String REMOVE =
            "delete from desired where path_key in (select path_key from changed where kind is null)";

    private static final String PUT =
            """
            insert or replace into desired (path_key, kind, entry)
            select i.path_key, i.kind, i.entry
            from changed c join incoming i on i.path_key = c.path_key where c.kind is not null\
            """;

    private static final String MAKE_WORK =
            """
            insert or replace into work (path_key, kinds, is_extra, next)
            select path_key, %s, 0, 0 from changed\
            """
                    .formatted(WorkRows.kindsOfDesired("kind"));

    private static final String MAKE_WORK_AROUND =
            """
            insert into work (path_key, kinds, is_extra, next)
            select d.path_key, %1$d, 0, 0
            from (select distinct parent from changed where parent is not null) p
                join desired d on d.path_key = p.parent where d.kind = %2$d
            on conflict do update set kinds = kinds | %1$d, is_extra = 0, %3$s\
            """
                    .formatted(
                            WorkRows.METADATA_BIT, Stat.Kind.DIRECTORY.ordinal(), WorkRows.AT_ONCE);

    /** Whatever of it is to be removed is so for another folder's sake now. */
    private static final String DISOWN_REMOVALS =
            "update work set is_extra = 1 where kinds & %d <> 0".formatted(WorkRows.REMOVAL_BIT);

    /** A stat's third byte is its kind. A directory holds no bytes that could be lost. */
    private static final String DISOWN_APPLIED =
            """
            delete from applied
            where substr(stat, 3, 1) <> x'%02x'
                and (path_key in (select path_key from changed)
                    or path_key not in (select path_key from desired))\
            """
                    .formatted(Stat.Kind.DIRECTORY.ordinal());

    private final StateFile file;
    private final PageCuts cuts;
    private final PreparedStatement collect;
    private final PreparedStatement isOfAnother;
    private final PreparedStatement move;

    FoldRows(StateFile file, PageCuts cuts) throws SQLException {
        this.file = file;
        this.cuts = cuts;
        collect =
                file.prepare(
                        "insert or replace into incoming (path_key, parent, kind, entry) values (?, ?, ?, ?)");
        isOfAnother =
                file.prepare(
                        "select 1 from position where (incarnation <> ? or put_back) and root is not null");
        move = file.prepare("update position set incarnation = ?, seq = ?, root = ?, put_back = 0");
    }

    void collect(List<Change> changes) throws SQLException {
        for (Change change : changes) {
            EntryPath path = change.path();
            collect.setBytes(1, path.key());
            collect.setBytes(2, path.isRoot() ? null : path.parent().key());
            setEntry(change instanceof Change.Put(Entry entry) ? entry : null);
            collect.addBatch();
        }
        collect.executeBatch();
    }

    private void setEntry(@Nullable Entry entry) throws SQLException {
        if (entry == null) {
            collect.setNull(3, Types.INTEGER);
            collect.setNull(4, Types.BLOB);
        } else {
            collect.setInt(3, Encoding.kindOf(entry).ordinal());
            collect.setBytes(4, EntryCodec.encode(entry));
        }
    }

    void forget() throws SQLException {
        file.execute("delete from incoming");
    }

    /** As the port says. A root that differs rolls everything back that was done here. */
    boolean fold(UUID incarnation, long seq, PageHash root) throws SQLException {
        file.execute(FIND_CHANGED);
        file.execute(REMOVE);
        file.execute(PUT);
        boolean isRight = cuts.cut().equals(root);
        if (isRight) {
            file.execute(MAKE_WORK);
            file.execute(MAKE_WORK_AROUND);
            if (isOfAnother(incarnation)) {
                file.execute(DISOWN_REMOVALS);
                file.execute(DISOWN_APPLIED);
            }
            file.execute("delete from changed");
            move.setString(1, incarnation.toString());
            move.setLong(2, seq);
            move.setBytes(3, root.toBytes());
            move.executeUpdate();
        } else {
            file.rollBack();
        }
        forget();
        return isRight;
    }

    private boolean isOfAnother(UUID incarnation) throws SQLException {
        isOfAnother.setString(1, incarnation.toString());
        try (ResultSet row = isOfAnother.executeQuery()) {
            return row.next();
        }
    }
}
