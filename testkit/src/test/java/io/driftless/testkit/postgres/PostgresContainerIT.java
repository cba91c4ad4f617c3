package io.driftless.testkit.postgres;

import io.driftless.adapter.postgres.PostgresSettings;
import io.driftless.testkit.contract.CommitLogContract;
import io.driftless.testkit.contract.FolderIndexContract;
import io.driftless.testkit.contract.IndexFixture;
import io.driftless.testkit.contract.PackIndexContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The oldest server that is supported. */
@Testcontainers(disabledWithoutDocker = true)
class PostgresContainerIT {
    @Container
    private static final PostgreSQLContainer SERVER = new PostgreSQLContainer("postgres:15");

    private static PostgresFixture fixture;

    @BeforeAll
    static void connect() {
        fixture =
                new PostgresFixture(
                        PostgresSettings.of(
                                SERVER.getHost(),
                                SERVER.getFirstMappedPort(),
                                SERVER.getDatabaseName(),
                                SERVER.getUsername(),
                                SERVER.getPassword()));
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Nested
    class Rows extends FolderIndexContract {
        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }

    @Nested
    class Packs extends PackIndexContract {
        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }

    @Nested
    class Commits extends CommitLogContract {
        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }
}
