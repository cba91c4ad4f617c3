package io.driftless.adapter.postgres;

import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.port.PackIndex;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.postgresql.extension.CodecRegistrar;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * The three index ports on PostgreSQL, over one pool of connections. The tables must be there
 * already ({@link PostgresSchema#migrate}). Calls may come from any thread and go on on the
 * driver's: nothing after them may block there.
 */
public final class PostgresIndex {
    /**
     * Every statement is made for one plan: rows are found through an index, one by one. Statistics
     * of tables that grow from nothing to a million rows in a minute would talk the planner out of
     * it; planning each call anew would cost more than the call.
     */
    private static final Map<String, String> OPTIONS =
            Map.of(
                    "plan_cache_mode", "force_generic_plan",
                    "enable_seqscan", "off",
                    "enable_bitmapscan", "off",
                    "enable_material", "off",
                    "enable_hashjoin", "off",
                    "enable_mergejoin", "off",
                    "random_page_cost", "1.1",
                    "jit", "off");

    private final ConnectionPool pool;
    private final FolderIndex folderIndex;
    private final PackIndex packIndex;
    private final CommitLog commitLog;

    public PostgresIndex(PostgresSettings settings, CommitCodec codec) {
        PostgresqlConnectionFactory connections =
                new PostgresqlConnectionFactory(configuration(settings));
        this.pool = pool(settings, connections);
        Database database = new Database(pool, settings.callTimeout());
        FolderNumbers folders = new FolderNumbers(database);
        int batchRows = settings.batchRows();
        this.folderIndex = new PostgresFolderIndex(database, folders, batchRows);
        this.packIndex =
                new PostgresPackIndex(database, folders, new StoredSignals(connections), batchRows);
        this.commitLog = new PostgresCommitLog(database, folders, codec, batchRows);
    }

    private static PostgresqlConnectionConfiguration configuration(PostgresSettings settings) {
        CodecRegistrar columns =
                (_, _, registry) ->
                        Mono.fromRunnable(() -> registry.addFirst(new ArrayColumnCodec()));
        return PostgresqlConnectionConfiguration.builder()
                .applicationName("driftless")
                .host(settings.host())
                .port(settings.port())
                .database(settings.database())
                .username(settings.user())
                .password(settings.password())
                .sslMode(SSLMode.fromValue(settings.sslMode()))
                .schema(PostgresSchema.NAME)
                .connectTimeout(settings.connectTimeout())
                .statementTimeout(settings.callTimeout())
                .tcpNoDelay(true)
                .tcpKeepAlive(true)
                .forceBinary(true)
                .options(OPTIONS)
                .codecRegistrar(columns)
                .build();
    }

    private static ConnectionPool pool(
            PostgresSettings settings, PostgresqlConnectionFactory connections) {
        return new ConnectionPool(
                ConnectionPoolConfiguration.builder(connections)
                        .name("driftless-postgres")
                        .initialSize(settings.connections())
                        .maxSize(settings.connections())
                        .maxIdleTime(Duration.ofNanos(-1)) // kept: the next call must not wait
                        .maxAcquireTime(settings.callTimeout())
                        .maxCreateConnectionTime(settings.connectTimeout())
                        .build());
    }

    /** Opens the connections, so that the first call need not. */
    public Mono<Void> warmUp() {
        return pool.warmup().then().onErrorMap(Failures::translate);
    }

    public FolderIndex folderIndex() {
        return folderIndex;
    }

    public PackIndex packIndex() {
        return packIndex;
    }

    public CommitLog commitLog() {
        return commitLog;
    }

    /** Gives the connections back. */
    public Mono<Void> close() {
        return pool.disposeLater();
    }
}
