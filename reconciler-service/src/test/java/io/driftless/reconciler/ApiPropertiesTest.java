package io.driftless.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.http.StatusServer.Listen;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.hosting.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiPropertiesTest {
    private static final String PREFIX = "driftless.reconcile.api";

    @TempDir Path directory;

    private static ApiProperties of(Map<String, String> settings) {
        return Settings.bind(PREFIX, ApiProperties.class, settings);
    }

    @Test
    void answers_on_loopback_unless_something_else_is_wanted() {
        assertThat(of(Map.of()).listen()).contains(new Listen("127.0.0.1", 9405, Optional.empty()));
        assertThat(of(Map.of(PREFIX + ".port", "-1")).listen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "no.such.machine.invalid"})
    void a_token_is_needed_where_others_can_reach_it(String address) {
        ApiProperties api = of(Map.of(PREFIX + ".address", address));

        assertThatThrownBy(api::listen)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> {
                            assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING);
                            assertThat(failure)
                                    .hasMessage(
                                            PREFIX
                                                    + ".token-file is not set; allowed is the file"
                                                    + " of a token, as others than this machine"
                                                    + " can reach "
                                                    + address
                                                    + ".");
                        });
    }

    @Test
    void with_a_token_it_answers_everywhere() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "0123456789abcdef\n");
        ApiProperties api =
                of(Map.of(PREFIX + ".address", "0.0.0.0", PREFIX + ".token-file", file.toString()));

        assertThat(api.listen().orElseThrow().token()).isPresent();
        assertThat(api.listen()).asString().doesNotContain("0123456789abcdef");
    }

    @Test
    void a_token_that_is_not_there_stops_the_start() {
        String file = directory.resolve("none").toString();
        ApiProperties api = of(Map.of(PREFIX + ".token-file", file));

        assertThatThrownBy(api::listen)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageContaining(file);
    }
}
