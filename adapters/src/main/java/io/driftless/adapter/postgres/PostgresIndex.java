package io.driftless.adapter.postgres;

import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.port.GarbageIndex;
import io.driftless.port.IndexRecovery;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.SourceProofs;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.postgresql.extension.CodecRegistrar;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Mono;
import reactor.pool.PoolBuilder;

/**
 * The index ports on PostgreSQL, over one pool of connections. The tables must be there already
 * ({@link PostgresSchema#migrate}). Calls may come from any thread and go on on the driver's:
 * nothing after them may block there.
 */
public final class PostgresIndex {
    /**
     * A statement is planned once per connection: planning each call anew would cost more than the
     * call. Every statement is made for one plan, which finds rows through an index and in its
     * order; these settings keep the planner from reading and sorting a whole table that was small
     * when it looked.
     */
    private static final Map<String, String> PLANNING =
            Map.of(
                    "plan_cache_mode", "force_generic_plan",
                    "enable_seqscan", "off",
                    "enable_bitmapscan", "off",
                    "enable_sort", "off",
                    "enable_memoize", "off",
                    "random_page_cost", "1.1",
                    "jit", "off");

    private final ConnectionPool pool;
    private final FolderIndex folderIndex;
    private final PackIndex packIndex;
    private final CommitLog commitLog;
    private final GarbageIndex garbageIndex;
    private final ParkedRemovals parkedRemovals;
    private final IndexRecovery recovery;
    private final SourceProofs proofs;
    private final DatabaseClock clock;

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
        this.garbageIndex = new PostgresGarbageIndex(database, folders, codec, batchRows);
        this.proofs = new PostgresSourceProofs(database, folders);
        this.recovery = new PostgresIndexRecovery(database, folders, codec, batchRows);
        this.parkedRemovals = new PostgresParkedRemovals(database, folders, batchRows);
        this.clock = new DatabaseClock(connections, settings.connectTimeout().multipliedBy(2));
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
                .options(options(settings))
                .codecRegistrar(columns)
                .build();
    }

    /** A process that sleeps in the middle of a transaction must not keep its locks. */
    private static Map<String, String> options(PostgresSettings settings) {
        Map<String, String> options = new HashMap<>(PLANNING);
        options.put(
                "idle_in_transaction_session_timeout",
                Long.toString(settings.callTimeout().toMillis()));
        return options;
    }

    private static ConnectionPool pool(
            PostgresSettings settings, PostgresqlConnectionFactory connections) {
        return new ConnectionPool(
                ConnectionPoolConfiguration.builder(connections)
                        .name("driftless-postgres")
                        .initialSize(settings.connections())
                        .maxSize(settings.connections())
                        .maxIdleTime(Duration.ofNanos(-1)) // kept: the next call must not wait
                        .customizer(PoolBuilder::idleResourceReuseMruOrder) // knows the statements
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

    public GarbageIndex garbageIndex() {
        return garbageIndex;
    }

    public ParkedRemovals parkedRemovals() {
        return parkedRemovals;
    }

    public IndexRecovery recovery() {
        return recovery;
    }

    public SourceProofs proofs() {
        return proofs;
    }

    /**
     * What time it is there, asked over a connection of its own: where the others are all in use it
     * answers nevertheless. Fails where the server does not answer; the caller sets the limit.
     */
    public Mono<Instant> clock() {
        return clock.now();
    }

    /** Gives the connections back. */
    public Mono<Void> close() {
        return Mono.whenDelayError(pool.disposeLater(), clock.close());
    }
}
