package io.driftless.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.hosting.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferPropertiesTest {
    private static final String PREFIX = "driftless.transfer";
    private static final Map<String, String> REQUIRED = Map.of(PREFIX + ".signing-key", "/k");

    @Test
    void has_the_defaults_of_the_flow() {
        TransferProperties properties = Settings.bind(PREFIX, TransferProperties.class, REQUIRED);

        assertThat(properties.settings()).isEqualTo(TransferSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    signing-key        | ""    | not set | an absolute path
                    signing-key        | k     | k       | an absolute path
                    batch-rows         | 0     | 0       | 1 to 10000
                    batches-in-flight  | 65    | 65      | 1 to 64
                    pack-size          | 17MB  | 17MB    | 4MB to 16MB
                    puts-in-flight     | 0     | 0       | 1 to 64
                    sweep              | 10ms  | 10ms    | 1s to 1h
                    max-commit-rows    | 50001 | 50001   | 1 to 50000
                    max-listed-changes | -1    | -1      | 0 to 100000
                    lease-life         | 1s    | 1s      | 3s to 10m
                    resend             | 2h    | 2h      | 1s to 1h
                    pace               | 101   | 101     | 0 to 100
                    longest-pace       | 11m   | 11m     | 0ms to 10m
                    """)
    void a_bad_setting_is_named_with_what_is_allowed(
            String key, String value, String said, String allowed) {
        Map<String, String> settings = new HashMap<>(REQUIRED);
        settings.put(PREFIX + "." + key, value);

        assertThat(Settings.refusal(PREFIX, TransferProperties.class, settings))
                .isEqualTo(
                        "DL-1002 %s.%s is %s; allowed is %s."
                                .formatted(PREFIX, key, said, allowed));
    }
}
