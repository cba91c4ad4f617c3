package io.driftless.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.hosting.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconcilePropertiesTest {
    private static final String PREFIX = "driftless.reconcile";
    private static final Map<String, String> REQUIRED = Map.of();

    @Test
    void has_the_defaults_of_the_flow() {
        ReconcileProperties properties = Settings.bind(PREFIX, ReconcileProperties.class, REQUIRED);

        assertThat(properties.settings().sourceRunEvery())
                .isEqualTo(ReconcileSettings.defaults().sourceRunEvery());
        assertThat(properties.garbage()).isEqualTo(GarbageSettings.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    source-run-every | 10ms | 10ms | 1s to 30d
                    watch-run        | 1ms  | 1ms  | 10ms to 1m
                    collect-every    | 10ms | 10ms | 1s to 1d
                    retain-commits   | 0    | 0    | 1 to 1000000
                    grace            | 0    | 0ms  | 1s to 365d
                    check-pages      | 0    | 0    | 1 to 10000
                    check-packs      | -1   | -1   | 0 to 1000
                    lease-life       | 1s   | 1s   | 3s to 1d
                    """)
    void a_bad_setting_is_named_with_what_is_allowed(
            String key, String value, String said, String allowed) {
        Map<String, String> settings = new HashMap<>(REQUIRED);
        settings.put(PREFIX + "." + key, value);

        assertThat(Settings.refusal(PREFIX, ReconcileProperties.class, settings))
                .isEqualTo(
                        "DL-1002 %s.%s is %s; allowed is %s."
                                .formatted(PREFIX, key, said, allowed));
    }
}
