package io.driftless.testkit.postgres;

import io.driftless.adapter.codec.EventJson;
import io.driftless.adapter.memory.PackState;
import io.driftless.adapter.postgres.CommitCodec;
import io.driftless.adapter.postgres.PostgresIndex;
import io.driftless.adapter.postgres.PostgresSchema;
import io.driftless.adapter.postgres.PostgresSettings;
import io.driftless.event.Topic;
import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.port.PackIndex;
import io.driftless.testkit.contract.IndexFixture;
import io.driftless.tree.FolderId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** The index on a PostgreSQL server that runs, and a connection of our own to look behind it. */
final class PostgresFixture implements IndexFixture {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final PostgresSettings settings;
    private final PostgresIndex index;

    PostgresFixture(PostgresSettings settings) {
        PostgresSchema.migrate(settings);
        this.settings = settings;
        this.index = new PostgresIndex(settings, codec());
        index.warmUp().block(PATIENCE);
    }

    static CommitCodec codec() {
        EventJson json = new EventJson();
        return new CommitCodec(json::write, bytes -> json.read(Topic.COMMITS, bytes));
    }

    @Override
    public FolderIndex rows() {
        return index.folderIndex();
    }

    @Override
    public PackIndex packs() {
        return index.packIndex();
    }

    @Override
    public CommitLog commits() {
        return index.commitLog();
    }

    void close() {
        index.close().block(PATIENCE);
    }

    @Override
    public void pass(Duration time) {
        Mono.delay(time).block(PATIENCE);
    }

    @Override
    public void setPackState(FolderId folder, UUID pack, PackState state) {
        try (Connection connection = connect();
                PreparedStatement update =
                        connection.prepareStatement("update pack set state = ? where id = ?")) {
            update.setInt(1, state.ordinal());
            update.setObject(2, pack);
            update.executeUpdate();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    public PackState packState(FolderId folder, UUID pack) {
        try (Connection connection = connect();
                PreparedStatement query =
                        connection.prepareStatement("select state from pack where id = ?")) {
            query.setObject(1, pack);
            try (ResultSet found = query.executeQuery()) {
                found.next();
                return PackState.values()[found.getInt(1)];
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    Connection connect() throws SQLException {
        String url =
                "jdbc:postgresql://%s:%d/%s?currentSchema=driftless"
                        .formatted(settings.host(), settings.port(), settings.database());
        return DriverManager.getConnection(url, settings.user(), settings.password());
    }
}
