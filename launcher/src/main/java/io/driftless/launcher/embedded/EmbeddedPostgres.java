package io.driftless.launcher.embedded;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A PostgreSQL server of our own beside this process: real binaries, durable, reachable on the
 * loopback address only and only with a password that is kept in its directory.
 *
 * <p>The server stops when {@link #close} is called and when this process ends in whatever way.
 * When it dies by itself it is started again at the same address. Two of them never run on one
 * directory, in one process or several.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private final PostgresServer server;
    private final Address address;

    private EmbeddedPostgres(PostgresServer server, Address address) {
        this.server = server;
        this.address = address;
    }

    /**
     * Starts the server and waits until it takes connections; the first time in a directory it is
     * set up before. Blocks; an interrupt ends it.
     *
     * @throws io.driftless.error.SyncException {@code STATE_IN_USE} where another process has the
     *     directory, {@code PORT_IN_USE} for a port that was asked for, {@code START_FAILED} with
     *     the server's last words
     */
    public static EmbeddedPostgres start(Settings settings) {
        return start(settings, RunAs.choose());
    }

    static EmbeddedPostgres start(Settings settings, RunAs runAs) {
        Path home = PostgresBinaries.ofThisMachine().unpackedIn(settings.cacheDirectory());
        PostgresDirectory directory = PostgresDirectory.lock(settings.directory(), home, runAs);
        try {
            directory.prepare();
            PostgresServer server = PostgresServer.start(directory, settings);
            return new EmbeddedPostgres(server, new Address(server.port(), directory.password()));
        } catch (RuntimeException failed) {
            directory.close();
            throw failed;
        }
    }

    /** Where to connect to, the same for the life of this object. */
    public Address address() {
        return address;
    }

    /** The server's process at the moment; another one after it died and was started again. */
    Process process() {
        return server.process().orElseThrow();
    }

    /**
     * Stops the server: at once, with all that was committed. Blocks for about as long as the
     * settings allow.
     */
    @Override
    public void close() {
        server.stop();
    }

    /**
     * @param directory where data, password and log are kept; made where it is missing
     * @param cacheDirectory where the programs are unpacked to once, for all directories of this
     *     user
     * @param port 0 for any that is free
     * @param startTimeout how long a start may take; a recovery after a crash is waited for as long
     *     as it takes
     * @param stopTimeout how long an orderly stop may take before the server is stopped by force
     */
    public record Settings(
            Path directory,
            Path cacheDirectory,
            int port,
            Duration startTimeout,
            Duration stopTimeout) {
        public static Settings in(Path directory) {
            return new Settings(
                    directory,
                    PostgresBinaries.userCache(),
                    0,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(2));
        }
    }

    /** How to reach the server. Its text form keeps the password to itself. */
    public record Address(String host, int port, String database, String user, String password) {
        Address(int port, String password) {
            this(
                    LoopbackPort.HOST,
                    port,
                    PostgresDirectory.DATABASE,
                    PostgresDirectory.USER,
                    password);
        }

        @Override
        public String toString() {
            return user + "@" + host + ":" + port + "/" + database;
        }
    }
}
