package io.driftless.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PostgresSettingsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void names_the_key_the_value_and_what_is_allowed() {
        assertBad(
                "driftless.postgres.port is 0, but must be 1 to 65535.",
                () -> with(0, "prefer", 8));
        assertBad(
                "driftless.postgres.connections is 101, but must be 1 to 100.",
                () -> with(1, "prefer", 101));
        assertBad(
                "driftless.postgres.ssl-mode is never, but must be one of",
                () -> with(1, "never", 8));
    }

    @Test
    void keeps_its_password_to_itself() {
        assertThat(PostgresSettings.of("h", 1, "d", "u", "secret").toString()).isEqualTo("u@h:1/d");
    }

    private static PostgresSettings with(int port, String sslMode, int connections) {
        return new PostgresSettings(
                "h", port, "d", "u", "p", sslMode, connections, SECOND, SECOND, 100);
    }

    private static void assertBad(String message, Runnable settings) {
        assertThatThrownBy(settings::run)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageContaining(message);
    }
}
