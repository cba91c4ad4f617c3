package io.driftless.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.hosting.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexPropertiesTest {
    private static final String PREFIX = "driftless.index";
    private static final Map<String, String> REQUIRED = Map.of();

    @Test
    void has_the_defaults_of_the_flow() {
        IndexProperties properties = Settings.bind(PREFIX, IndexProperties.class, REQUIRED);

        assertThat(properties.settings()).isEqualTo(IndexSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    batch-paths       | 0   | 0   | 1 to 10000
                    batches-in-flight | 257 | 257 | 1 to 256
                    reads             | -1  | -1  | 0 to 256
                    large-size        | 0B  | 0B  | 1B to 1TB
                    large-reads       | 65  | 65  | 1 to 64
                    progress-size     | 1KB | 1KB | 1MB to 1TB
                    removal-hold      | 2m  | 2m  | 0ms to 1m
                    racy-window       | 2m  | 2m  | 0ms to 1m
                    first-retry       | 1ms | 1ms | 10ms to 10m
                    longest-retry     | 2d  | 2d  | 10ms to 10m
                    """)
    void a_bad_setting_is_named_with_what_is_allowed(
            String key, String value, String said, String allowed) {
        Map<String, String> settings = new HashMap<>(REQUIRED);
        settings.put(PREFIX + "." + key, value);

        assertThat(Settings.refusal(PREFIX, IndexProperties.class, settings))
                .isEqualTo(
                        "DL-1002 %s.%s is %s; allowed is %s."
                                .formatted(PREFIX, key, said, allowed));
    }
}
