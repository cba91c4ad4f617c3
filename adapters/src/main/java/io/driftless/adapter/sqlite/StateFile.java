package io.driftless.adapter.sqlite;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One open SQLite file: one connection, used by one thread at a time, for itself alone. Everything
 * happens in transactions that are durable once committed. Every failure of SQLite is translated
 * here.
 */
final class StateFile {
    /**
     * Exclusive before the journal mode, so that no shared memory file is made; a full sync for
     * each commit; 16 MiB of cache; a log that became long in a large fold is cut to 16 MiB
     * afterwards.
     */
    private static final List<String> SETTINGS =
            List.of(
                    "pragma locking_mode = exclusive",
                    "pragma journal_mode = wal",
                    "pragma synchronous = full",
                    "pragma cache_size = -16384",
                    "pragma journal_size_limit = 16777216",
                    "pragma cell_size_check = on",
                    "pragma busy_timeout = 0");

    private final Path file;
    private final Connection connection;

    private StateFile(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** Some work inside a transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }

    /** Opens the file, made where it is missing. */
    static StateFile open(Path file) {
        try {
            return openChecked(file);
        } catch (SQLException failure) {
            throw translate(file, failure);
        }
    }

    private static StateFile openChecked(Path file) throws SQLException {
        requireReadable(file);
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
        try {
            StateFile state = new StateFile(file, connection);
            for (String setting : SETTINGS) {
                state.execute(setting);
            }
            connection.setAutoCommit(false);
            return state;
        } catch (SQLException | RuntimeException failure) {
            closeAfter(failure, connection);
            throw failure;
        }
    }

    /** SQLite opens a directory or an unreadable file late and with a poor message. */
    private static void requireReadable(Path file) {
        if (Files.exists(file) && (Files.isDirectory(file) || !Files.isReadable(file))) {
            throw new SyncException(ErrorCode.STATE_CORRUPT, file + " is not a readable file.");
        }
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
        } catch (IOException impossible) {
            throw new SyncException(
                    ErrorCode.STATE_CORRUPT,
                    file + " cannot be made: " + impossible + ".",
                    impossible);
        }
    }

    /** Makes the tables in a new file; true where it did. Inside a transaction. */
    boolean prepareTables() throws SQLException {
        if (StateSchema.isEmpty(connection)) {
            StateSchema.create(connection);
            return true;
        }
        StateSchema.bringUp(connection);
        if (!StateSchema.isOurs(connection)) {
            throw new SyncException(
                    ErrorCode.STATE_CORRUPT,
                    "%s is no state of layout %d but %d."
                            .formatted(
                                    file, StateSchema.VERSION, StateSchema.versionOf(connection)));
        }
        return false;
    }

    /**
     * Runs the work in one transaction: all of it is durable when this returns, none of it when it
     * throws.
     */
    <T> T inTransaction(Work<T> work) {
        try {
            T result = work.run();
            connection.commit();
            return result;
        } catch (SQLException failure) {
            rollBackAfter(failure);
            throw translate(file, failure);
        } catch (RuntimeException failure) {
            rollBackAfter(failure);
            throw failure;
        }
    }

    /** Gives up what the running transaction did so far. */
    void rollBack() throws SQLException {
        connection.rollback();
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void close() {
        try {
            connection.close();
        } catch (SQLException failure) {
            throw translate(file, failure);
        }
    }

    /** Closes a file that failed; what that says is told with the failure. */
    void closeAfter(RuntimeException failure) {
        closeAfter(failure, connection);
    }

    boolean isClosed() {
        try {
            return connection.isClosed();
        } catch (SQLException failure) {
            throw translate(file, failure);
        }
    }

    /** A row that is not what it should be: nothing in the file can be relied on. */
    SyncException damaged(String what) {
        return damaged(what, null);
    }

    SyncException damaged(String what, @Nullable Throwable cause) {
        return new SyncException(
                ErrorCode.STATE_CORRUPT, file + " is damaged: " + what + ".", cause);
    }

    private void rollBackAfter(Exception failure) {
        try {
            connection.rollback();
        } catch (SQLException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    private static void closeAfter(Exception failure, Connection connection) {
        try {
            connection.close();
        } catch (SQLException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    private static SyncException translate(Path file, SQLException failure) {
        int number =
                failure instanceof SQLiteException known
                        ? known.getResultCode().code
                        : failure.getErrorCode();
        ErrorCode code =
                switch (SQLiteErrorCode.getErrorCode(number & 0xff)) {
                    case SQLITE_BUSY, SQLITE_LOCKED -> ErrorCode.STATE_IN_USE;
                    case SQLITE_FULL -> ErrorCode.NO_SPACE;
                    case SQLITE_READONLY -> ErrorCode.READ_ONLY;
                    case SQLITE_IOERR, SQLITE_NOMEM -> ErrorCode.DEPENDENCY_UNAVAILABLE;
                    case SQLITE_CORRUPT,
                            SQLITE_NOTADB,
                            SQLITE_FORMAT,
                            SQLITE_CANTOPEN,
                            SQLITE_ERROR ->
                            ErrorCode.STATE_CORRUPT;
                    default -> ErrorCode.INVARIANT_BROKEN;
                };
        return new SyncException(code, file + ": " + failure.getMessage() + ".", failure);
    }
}
