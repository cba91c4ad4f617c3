package io.driftless.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.hosting.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchPropertiesTest {
    private static final String PREFIX = "driftless.watch";
    private static final Map<String, String> REQUIRED = Map.of();

    @Test
    void has_the_defaults_of_the_flow() {
        WatchProperties properties = Settings.bind(PREFIX, WatchProperties.class, REQUIRED);

        assertThat(properties.settings()).isEqualTo(WatchSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    quiet               | 11s  | 11s  | 0ms to 10s
                    quiet               | -1ms | -1ms | 0ms to 10s
                    open-writer         | 1ms  | 1ms  | 10ms to 10m
                    max-pending         | 1    | 1    | 2 to 1000000
                    max-buffered-events | 9    | 9    | 1024 to 4194304
                    """)
    void a_bad_setting_is_named_with_what_is_allowed(
            String key, String value, String said, String allowed) {
        Map<String, String> settings = new HashMap<>(REQUIRED);
        settings.put(PREFIX + "." + key, value);

        assertThat(Settings.refusal(PREFIX, WatchProperties.class, settings))
                .isEqualTo(
                        "DL-1002 %s.%s is %s; allowed is %s."
                                .formatted(PREFIX, key, said, allowed));
    }
}
