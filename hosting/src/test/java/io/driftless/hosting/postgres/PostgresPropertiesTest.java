package io.driftless.hosting.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.postgres.PostgresSettings;
import io.driftless.hosting.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresPropertiesTest {
    private static final String PREFIX = "driftless.postgres";

    @Test
    void needs_a_host_and_a_password_and_has_the_adapters_defaults() {
        PostgresProperties postgres = bind("host", "db", "password", "hush");

        assertThat(postgres.settings())
                .isEqualTo(PostgresSettings.of("db", 5432, "driftless", "driftless", "hush"));
        assertThat(postgres.toString()).doesNotContain("hush");
    }

    private static PostgresProperties bind(String... pairs) {
        Map<String, String> settings = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put(PREFIX + "." + pairs[i], pairs[i + 1]);
        }
        return Settings.bind(PREFIX, PostgresProperties.class, settings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    host            | ""    | not set | a name or an address
                    port            | 65536 | 65536   | 1 to 65535
                    database        | ""    | not set | the name of one
                    user            | ""    | not set | the name of one
                    ssl-mode        | maybe | maybe   | disable, prefer, require, verify-ca or verify-full
                    connections     | 0     | 0       | 1 to 100
                    connect-timeout | 1ms   | 1ms     | 100ms to 10m
                    call-timeout    | 1h    | 1h      | 100ms to 10m
                    batch-rows      | 9999  | 9999    | 1 to 2000
                    """)
    void a_bad_setting_is_named_with_what_is_allowed(
            String key, String value, String said, String allowed) {
        Map<String, String> settings = new HashMap<>(Map.of(PREFIX + ".host", "db"));
        settings.put(PREFIX + "." + key, value);

        assertThat(Settings.refusal(PREFIX, PostgresProperties.class, settings))
                .isEqualTo(
                        "DL-1002 driftless.postgres.%s is %s; allowed is %s."
                                .formatted(key, said, allowed));
    }
}
