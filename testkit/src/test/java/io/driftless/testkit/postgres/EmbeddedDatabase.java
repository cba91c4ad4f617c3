package io.driftless.testkit.postgres;

import io.driftless.adapter.postgres.PostgresSettings;
import io.driftless.launcher.embedded.EmbeddedPostgres;
import io.driftless.launcher.embedded.EmbeddedPostgres.Address;
import io.driftless.launcher.embedded.EmbeddedPostgres.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One embedded server for all tests of this process; it ends with it. */
final class EmbeddedDatabase {
    private static final EmbeddedPostgres SERVER = start();

    static final PostgresFixture FIXTURE = new PostgresFixture(settings());

    private EmbeddedDatabase() {}

    static PostgresSettings settings() {
        return settings(SERVER.address());
    }

    static PostgresSettings settings(Address address) {
        return PostgresSettings.of(
                address.host(),
                address.port(),
                address.database(),
                address.user(),
                address.password());
    }

    private static EmbeddedPostgres start() {
        try {
            Path directory = Files.createTempDirectory(Path.of("target"), "postgres-");
            return EmbeddedPostgres.start(Settings.in(directory));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
