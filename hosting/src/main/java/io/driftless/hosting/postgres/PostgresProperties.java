package io.driftless.hosting.postgres;

import io.driftless.adapter.postgres.PostgresSettings;
import io.driftless.hosting.Allowed;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How PostgreSQL is reached and used. Its text form keeps the password to itself.
 *
 * @param user may make schema {@code driftless} and its tables
 * @param sslMode as libpq names it
 * @param connections how many connections this process holds, besides one that listens and one that
 *     asks whether it is there
 * @param callTimeout how long a statement may take, waiting for a connection included
 * @param batchRows how many rows one statement carries
 */
@ConfigurationProperties(prefix = "driftless.postgres", ignoreUnknownFields = false)
public record PostgresProperties(
        @DefaultValue("") String host,
        @DefaultValue("5432") int port,
        @DefaultValue("driftless") String database,
        @DefaultValue("driftless") String user,
        @DefaultValue("") String password,
        @DefaultValue("prefer") String sslMode,
        @DefaultValue("8") int connections,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("30s") Duration callTimeout,
        @DefaultValue("2000") int batchRows) {
    private static final String KEY = "driftless.postgres.";

    public PostgresProperties {
        Allowed.check(!host.isBlank(), KEY + "host", host, "a name or an address");
        Allowed.between(KEY + "port", port, 1, 65_535);
        Allowed.check(!database.isBlank(), KEY + "database", database, "the name of one");
        Allowed.check(!user.isBlank(), KEY + "user", user, "the name of one");
        Allowed.check(
                sslMode.matches("disable|prefer|require|verify-ca|verify-full"),
                KEY + "ssl-mode",
                sslMode,
                "disable, prefer, require, verify-ca or verify-full");
        Allowed.between(KEY + "connections", connections, 1, 100);
        Allowed.between(KEY + "batch-rows", batchRows, 1, 2_000);
        Duration least = Duration.ofMillis(100);
        Duration most = Duration.ofMinutes(10);
        Allowed.between(KEY + "connect-timeout", connectTimeout, least, most);
        Allowed.between(KEY + "call-timeout", callTimeout, least, most);
    }

    PostgresSettings settings() {
        return new PostgresSettings(
                host,
                port,
                database,
                user,
                password,
                sslMode,
                connections,
                connectTimeout,
                callTimeout,
                batchRows);
    }

    @Override
    public String toString() {
        return settings().toString();
    }
}
