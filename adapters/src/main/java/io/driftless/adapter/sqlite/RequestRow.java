package io.driftless.adapter.sqlite;

import io.driftless.port.TargetState.Requests;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What of the orders was done. */
final class RequestRow {
    private final PreparedStatement find;
    private final PreparedStatement put;

    RequestRow(StateFile file) throws SQLException {
        find = file.prepare("select scan, resync, retry from done");
        put =
                file.prepare(
                        "insert or replace into done (only, scan, resync, retry) values (1, ?, ?, ?)");
    }

    Requests done() throws SQLException {
        try (ResultSet row = find.executeQuery()) {
            return row.next()
                    ? new Requests(row.getLong(1), row.getLong(2), row.getLong(3))
                    : Requests.NONE;
        }
    }

    void put(Requests done) throws SQLException {
        put.setLong(1, done.scan());
        put.setLong(2, done.resync());
        put.setLong(3, done.retry());
        put.executeUpdate();
    }
}
