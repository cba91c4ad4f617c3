package io.driftless.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.hosting.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentPropertiesTest {
    private static final String PREFIX = "driftless.agent";
    private static final Map<String, String> REQUIRED =
            Map.of(
                    PREFIX + ".target", "t",
                    PREFIX + ".directory", "/srv/t",
                    PREFIX + ".state-directory", "/var/t",
                    PREFIX + ".public-key", "/k");

    @Test
    void has_the_defaults_of_the_flow() {
        AgentProperties properties = Settings.bind(PREFIX, AgentProperties.class, REQUIRED);

        assertThat(properties.settings()).isEqualTo(AgentSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    target           | ""   | not set | 1 to 64 of a-z 0-9 . _ -, letter or digit first
                    directory        | t    | t       | an absolute path
                    state-directory  | ""   | not set | an absolute path
                    public-key       | ""   | not set | an absolute path
                    batch-entries    | 0    | 0       | 1 to 10000
                    batch-size       | 1B   | 1B      | 1MB to 1GB
                    large-size       | 33MB | 33MB    | 1B to 32MB
                    large-in-flight  | 0    | 0       | 1 to 64
                    range-size       | 1MB  | 1MB     | 4MB to 64MB
                    range-gap        | 5MB  | 5MB     | 0B to 4MB
                    ranges-in-flight | 0    | 0       | 1 to 256
                    first-retry      | 1ms  | 1ms     | 10ms to 1h
                    longest-retry    | 2d   | 2d      | 10ms to 1d
                    report-every     | 2h   | 2h      | 10ms to 1h
                    trash-max-age    | -1d  | -1d     | 0ms to 10000d
                    trash-max-size   | -1B  | -1B     | 0B to 1024TB
                    """)
    void a_bad_setting_is_named_with_what_is_allowed(
            String key, String value, String said, String allowed) {
        Map<String, String> settings = new HashMap<>(REQUIRED);
        settings.put(PREFIX + "." + key, value);

        assertThat(Settings.refusal(PREFIX, AgentProperties.class, settings))
                .isEqualTo(
                        "DL-1002 %s.%s is %s; allowed is %s."
                                .formatted(PREFIX, key, said, allowed));
    }

    @Test
    void keeps_its_state_outside_the_target() {
        Map<String, String> settings = new HashMap<>(REQUIRED);
        settings.put(PREFIX + ".state-directory", "/srv/t/../t/state");

        assertThat(Settings.refusal(PREFIX, AgentProperties.class, settings))
                .startsWith("DL-1014 driftless.agent.state-directory is /srv/t/state; allowed is");
    }

    @Test
    void never_takes_a_whole_file_system_for_its_target() {
        Map<String, String> settings = new HashMap<>(REQUIRED);
        settings.put(PREFIX + ".directory", "/");

        assertThat(Settings.refusal(PREFIX, AgentProperties.class, settings))
                .startsWith("DL-1009 driftless.agent.directory is /; allowed is");
    }
}
