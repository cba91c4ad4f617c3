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
import io.driftless.port.GarbageIndex;
import io.driftless.port.IndexRecovery;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.SourceProofs;
import io.driftless.testkit.contract.IndexFixture;
import io.driftless.tree.FolderId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
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

    @Override
    public GarbageIndex garbage() {
        return index.garbageIndex();
    }

    /** The server's clock, as whoever asks is willing to wait for it. */
    Mono<Instant> clock() {
        return index.clock().timeout(Duration.ofSeconds(2));
    }

    void close() {
        index.close().block(PATIENCE);
    }

    @Override
    public SourceProofs proofs() {
        return index.proofs();
    }

    @Override
    public IndexRecovery recovery() {
        return index.recovery();
    }

    @Override
    public ParkedRemovals parked() {
        return index.parkedRemovals();
    }

    @Override
    public void pass(Duration time) {
        Mono.delay(time).block(PATIENCE);
    }

    @Override
    public void setPackState(FolderId folder, UUID pack, PackState state) {
        tell(
                settings,
                "update pack set state = %d where id = '%s'".formatted(state.ordinal(), pack));
    }

    @Override
    public PackState packState(FolderId folder, UUID pack) {
        String state = ask(settings, "select state from pack where id = '%s'".formatted(pack));
        return PackState.values()[Integer.parseInt(state)];
    }

    Connection connect() throws SQLException {
        return connect(settings);
    }

    private static Connection connect(PostgresSettings settings) throws SQLException {
        String url =
                "jdbc:postgresql://%s:%d/%s?currentSchema=driftless"
                        .formatted(settings.host(), settings.port(), settings.database());
        return DriverManager.getConnection(url, settings.user(), settings.password());
    }

    static void tell(PostgresSettings settings, String command) {
        try (Connection connection = connect(settings);
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** The first column of the first row of an answer. */
    static String ask(PostgresSettings settings, String query) {
        try (Connection connection = connect(settings);
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(query)) {
            answer.next();
            return answer.getString(1);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
