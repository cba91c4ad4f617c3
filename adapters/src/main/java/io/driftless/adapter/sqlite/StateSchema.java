package io.driftless.adapter.sqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of a target's state. Path keys sort as {@code path_key} does everywhere, entries and
 * stats are encoded as {@code EntryCodec} says, digests have their 33 stored bytes.
 */
final class StateSchema {
    static final int VERSION = 3;

    /** "DRFT": tells our files from others. */
    private static final int APPLICATION_ID = 0x44524654;

    /** Files are found by when they are due: what failed before comes after what was not tried. */
    private static final String CONTENT_INDEX =
            "create index work_content on work (next, path_key) where kinds & 2 <> 0";

    private static final List<String> TABLES =
            List.of(
                    // One row: whose state this is, where the desired rows stand, and whether the
                    // folder was put back to before that.
                    """
                    create table position (
                        only integer primary key check (only = 1),
                        agent text not null,
                        incarnation text,
                        seq integer not null,
                        root blob,
                        put_back integer not null,
                        clean integer not null) strict\
                    """,
                    // At most one row: the counters of the orders that were done.
                    """
                    create table done (
                        only integer primary key check (only = 1),
                        scan integer not null,
                        resync integer not null,
                        retry integer not null) strict\
                    """,
                    // Incarnations of the folder that were left, in that order; until is the signed
                    // time
                    // of the last commit before that, in ISO-8601.
                    """
                    create table left_behind (
                        place integer primary key,
                        incarnation text not null unique,
                        until text not null) strict\
                    """,
                    // What should be there. kind as Stat.Kind; content_id of files.
                    """
                    create table desired (
                        path_key blob primary key,
                        kind integer not null,
                        entry blob not null) strict, without rowid\
                    """,
                    // The pages above the desired rows: level 0 are leaves. A page covers the keys
                    // after the page before it.
                    """
                    create table page (
                        level integer not null,
                        last_key blob not null,
                        hash blob not null,
                        entries integer not null,
                        bytes integer not null,
                        primary key (level, last_key)) strict, without rowid\
                    """,
                    "create index page_hash on page (hash)",
                    // What was there after our last touch. content is an encoded file entry, of
                    // files only; proven is when it was last found to be there, 0 for never.
                    """
                    create table applied (
                        path_key blob primary key,
                        stat blob not null,
                        content_id blob,
                        content blob,
                        proven integer not null default 0) strict, without rowid\
                    """,
                    "create index applied_content on applied (content_id) where content_id is not null",
                    "create index applied_proven on applied (proven) where content_id is not null",
                    // What is left to do: a bit for each kind; of an extra, the imprint of what was
                    // seen there. With a code it is a deviation after so many tries in a row, not
                    // due before next.
                    """
                    create table work (
                        path_key blob primary key,
                        kinds integer not null,
                        is_extra integer not null,
                        seen integer not null default 0,
                        next integer not null,
                        code text,
                        message text,
                        tries integer not null default 0) strict, without rowid\
                    """,
                    "create index work_directory on work (path_key) where kinds & 1 <> 0",
                    CONTENT_INDEX,
                    "create index work_removal on work (path_key) where kinds & 4 <> 0",
                    "create index work_metadata on work (path_key) where kinds & 8 <> 0",
                    "create index work_deviation on work (path_key, code) where code is not null",
                    // What is about to be made visible.
                    """
                    create table intent (
                        path_key blob primary key,
                        name text not null,
                        inode integer,
                        content_id blob) strict, without rowid\
                    """,
                    // Changes on the way to the next position; entry is null for removals.
                    """
                    create table incoming (
                        path_key blob primary key,
                        parent blob,
                        kind integer,
                        entry blob) strict, without rowid\
                    """,
                    // Empty outside of a fold: what it changes, and for each level the keys whose
                    // pages are cut again.
                    """
                    create table changed (
                        path_key blob primary key,
                        parent blob,
                        kind integer) strict, without rowid\
                    """,
                    """
                    create table touched (
                        level integer not null,
                        last_key blob not null,
                        primary key (level, last_key)) strict, without rowid\
                    """);

    private StateSchema() {}

    static int versionOf(Connection connection) throws SQLException {
        return pragma(connection, "user_version");
    }

    /** True for a file that holds nothing yet. */
    static boolean isEmpty(Connection connection) throws SQLException {
        return versionOf(connection) == 0 && pragma(connection, "schema_version") == 0;
    }

    static boolean isOurs(Connection connection) throws SQLException {
        return pragma(connection, "application_id") == APPLICATION_ID
                && versionOf(connection) == VERSION;
    }

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute(table);
            }
            statement.execute("pragma application_id = " + APPLICATION_ID);
            statement.execute("pragma user_version = " + VERSION);
        }
    }

    /** Makes a file of an earlier layout be of this one. */
    static void bringUp(Connection connection) throws SQLException {
        int version = versionOf(connection);
        if (pragma(connection, "application_id") != APPLICATION_ID
                || version < 1
                || version >= VERSION) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            if (version == 1) {
                statement.execute(
                        "alter table position add column put_back integer not null default 0");
            }
            statement.execute("drop index work_content");
            statement.execute(CONTENT_INDEX);
            statement.execute("pragma user_version = " + VERSION);
        }
    }

    private static int pragma(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma " + name)) {
            return row.next() ? row.getInt(1) : 0;
        }
    }
}
