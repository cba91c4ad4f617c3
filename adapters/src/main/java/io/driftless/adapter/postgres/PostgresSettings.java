package io.driftless.adapter.postgres;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.Set;

/**
 * How PostgreSQL is reached and used. Its text form keeps the password to itself.
 *
 * @param sslMode as libpq names it: {@code disable}, {@code prefer}, {@code require}, {@code
 *     verify-ca} or {@code verify-full}
 * @param connections how many connections this process holds, besides one that listens
 * @param connectTimeout how long a new connection may take
 * @param callTimeout how long a call of a port may take, waiting for a connection included, times
 *     the number of its statements where it needs several; the server gives up a statement then too
 * @param batchRows how many rows one statement carries; longer lists are sent in several, in one
 *     transaction
 */
public record PostgresSettings(
        String host,
        int port,
        String database,
        String user,
        String password,
        String sslMode,
        int connections,
        Duration connectTimeout,
        Duration callTimeout,
        int batchRows) {
    private static final Set<String> SSL_MODES =
            Set.of("disable", "prefer", "require", "verify-ca", "verify-full");
    private static final int MAX_CONNECTIONS = 100;
    private static final int MAX_BATCH_ROWS = 2_000;

    public PostgresSettings {
        check(!host.isBlank(), "host", host, "a name or an address");
        check(port > 0 && port < 65_536, "port", port, "1 to 65535");
        check(SSL_MODES.contains(sslMode), "ssl-mode", sslMode, "one of " + SSL_MODES);
        checkRange("connections", connections, MAX_CONNECTIONS);
        checkRange("batch-rows", batchRows, MAX_BATCH_ROWS);
        checkPositive("connect-timeout", connectTimeout);
        checkPositive("call-timeout", callTimeout);
    }

    /** With what suits most: eight connections, 30 seconds for a call. */
    public static PostgresSettings of(
            String host, int port, String database, String user, String password) {
        return new PostgresSettings(
                host,
                port,
                database,
                user,
                password,
                "prefer",
                8,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                MAX_BATCH_ROWS);
    }

    private static void checkRange(String key, int value, int max) {
        check(value >= 1 && value <= max, key, value, "1 to " + max);
    }

    private static void checkPositive(String key, Duration value) {
        check(value.isPositive(), key, value, "more than nothing");
    }

    private static void check(boolean isRight, String key, Object value, String allowed) {
        if (!isRight) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.postgres.%s is %s, but must be %s.".formatted(key, value, allowed));
        }
    }

    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
