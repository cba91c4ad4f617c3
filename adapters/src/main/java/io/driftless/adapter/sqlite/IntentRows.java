package io.driftless.adapter.sqlite;

import io.driftless.block.ContentId;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Intent;
import io.driftless.port.TargetTree.StageName;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is about to be made visible. */
final class IntentRows {
    private final PreparedStatement put;
    private final PreparedStatement remove;
    private final PreparedStatement all;

    IntentRows(StateFile file) throws SQLException {
        put =
                file.prepare(
                        "insert or replace into intent (path_key, name, inode, content_id) values (?, ?, ?, ?)");
        remove = file.prepare("delete from intent where path_key = ?");
        all =
                file.prepare(
                        "select path_key, name, inode, content_id from intent order by path_key");
    }

    void put(List<Intent> intents) throws SQLException {
        for (Intent intent : intents) {
            put.setBytes(1, intent.path().key());
            put.setString(2, intent.name().value());
            if (intent.inode().isPresent()) {
                put.setLong(3, intent.inode().get());
            } else {
                put.setNull(3, Types.INTEGER);
            }
            put.setBytes(4, intent.content().map(ContentId::toBytes).orElse(null));
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

    List<Intent> all() throws SQLException {
        List<Intent> intents = new ArrayList<>();
        try (ResultSet row = all.executeQuery()) {
            while (row.next()) {
                EntryPath path = Encoding.path(row, 1);
                StageName name = new StageName(row.getString(2));
                long inode = row.getLong(3);
                Optional<Long> known = row.wasNull() ? Optional.empty() : Optional.of(inode);
                intents.add(new Intent(path, name, known, contentId(row.getBytes(4))));
            }
        }
        return List.copyOf(intents);
    }

    private static Optional<ContentId> contentId(byte @Nullable [] bytes) {
        return bytes == null ? Optional.empty() : Optional.of(ContentId.ofBytes(bytes));
    }
}
