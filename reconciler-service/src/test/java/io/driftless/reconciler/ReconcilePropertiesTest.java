package io.driftless.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.hosting.Settings;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReconcilePropertiesTest {
    private static final String PREFIX = "driftless.reconcile";
    private static final String SOURCE_RUNS = PREFIX + ".source-run-every";
    private static final Map<String, String> REQUIRED = Map.of();

    @Test
    void has_the_defaults_of_the_flow() {
        ReconcileProperties properties = Settings.bind(PREFIX, ReconcileProperties.class, REQUIRED);

        assertThat(properties.settings().sourceRuns())
                .isEqualTo(ReconcileSettings.defaults().sourceRuns());
        assertThat(properties.garbage()).isEqualTo(GarbageSettings.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    watch-run        | 1ms  | 1ms  | 10ms to 1m
                    collect-every    | 10ms | 10ms | 1s to 1d
                    retain-commits   | 0    | 0    | 1 to 1000000
                    grace            | 0    | 0ms  | 1s to 365d
                    check-pages      | 0    | 0    | 1 to 10000
                    check-packs      | -1   | -1   | 0 to 1000
                    lease-life       | 1s   | 1s   | 3s to 1d
                    api.port         | -2   | -2   | -1 to 65535
                    api.address      | ""   | not set | a name or an address
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

    @Test
    void scans_of_the_source_go_by_an_interval_or_by_cron() {
        assertThat(sourceRuns("90m")).isEqualTo(new Schedule.Every(Duration.ofMinutes(90)));
        assertThat(sourceRuns("0 3 * * *"))
                .isEqualTo(new Schedule.ByCron("0 3 * * *", ZoneOffset.UTC));
        assertThat(refused("10ms")).contains("'10ms'; allowed is 1s to 365d.");
        assertThat(refused("0 25 * * *")).contains("'0 25 * * *'; is no schedule: ");
    }

    private static Schedule sourceRuns(String text) {
        return Settings.bind(PREFIX, ReconcileProperties.class, Map.of(SOURCE_RUNS, text))
                .settings()
                .sourceRuns();
    }

    private static String refused(String text) {
        String refusal =
                Settings.refusal(PREFIX, ReconcileProperties.class, Map.of(SOURCE_RUNS, text));
        assertThat(refusal).startsWith("DL-1002 " + SOURCE_RUNS + " is ");
        return refusal;
    }
}
