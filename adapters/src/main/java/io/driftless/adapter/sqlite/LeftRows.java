package io.driftless.adapter.sqlite;

import io.driftless.guard.LeftIncarnations;
import io.driftless.guard.LeftIncarnations.Left;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The incarnations that were left. */
final class LeftRows {
    private final StateFile file;
    private final PreparedStatement find;
    private final PreparedStatement put;

    LeftRows(StateFile file) throws SQLException {
        this.file = file;
        find = file.prepare("select incarnation, until from left_behind order by place");
        put = file.prepare("insert into left_behind (place, incarnation, until) values (?, ?, ?)");
    }

    LeftIncarnations all() throws SQLException {
        List<Left> all = new ArrayList<>();
        try (ResultSet row = find.executeQuery()) {
            while (row.next()) {
                all.add(
                        new Left(
                                UUID.fromString(row.getString(1)),
                                Instant.parse(row.getString(2))));
            }
        }
        return new LeftIncarnations(all);
    }

    void put(LeftIncarnations next) throws SQLException {
        file.execute("delete from left_behind");
        for (int i = 0; i < next.all().size(); i++) {
            put.setInt(1, i);
            put.setString(2, next.all().get(i).incarnation().toString());
            put.setString(3, next.all().get(i).until().toString());
            put.addBatch();
        }
        put.executeBatch();
    }
}
