package io.driftless.adapter.postgres;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The tables, in schema {@code driftless}. */
public final class PostgresSchema {
    static final String NAME = "driftless";

    private PostgresSchema() {}

    /**
     * Brings the tables up to date; does nothing where they are. Any number of processes may do so
     * at once. Blocks.
     */
    public static void migrate(PostgresSettings settings) {
        try {
            Flyway.configure(PostgresSchema.class.getClassLoader())
                    .dataSource(url(settings), settings.user(), settings.password())
                    .locations("classpath:io/driftless/adapter/postgres/migration")
                    .defaultSchema(NAME)
                    .createSchemas(true)
                    .load()
                    .migrate();
        } catch (FlywayException failed) {
            throw new SyncException(
                    ErrorCode.DEPENDENCY_UNAVAILABLE,
                    "PostgreSQL at " + settings + " has no usable schema: " + reasonOf(failed),
                    failed);
        }
    }

    /** The first cause in one line: Flyway's own message is a page. */
    private static String reasonOf(FlywayException failed) {
        Throwable reason = failed;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return String.valueOf(reason.getMessage()).lines().findFirst().orElse("no reason given");
    }

    private static String url(PostgresSettings settings) {
        return "jdbc:postgresql://%s:%d/%s?sslmode=%s&connectTimeout=%d"
                .formatted(
                        settings.host(),
                        settings.port(),
                        settings.database(),
                        settings.sslMode(),
                        Math.max(1, settings.connectTimeout().toSeconds()));
    }
}
