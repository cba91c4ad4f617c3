package io.driftless.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTokenTest {
    private static final String SECRET = "correct-horse-battery";

    @TempDir Path directory;

    @Test
    void what_is_blank_around_it_in_its_file_is_no_part_of_it() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "\n " + SECRET + "\r\n");

        ApiToken token = ApiToken.read(file);

        assertThat(token.authorization()).isEqualTo("Bearer " + SECRET);
        assertThat(token.isShownBy("Bearer " + SECRET)).isTrue();
        assertThat(token.isShownBy("bearer " + SECRET)).isFalse();
    }

    @Test
    void its_text_form_does_not_tell_it() {
        assertThat(ApiToken.of(SECRET, "x")).asString().doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "too-short-a-one", "two words of some length", "żółwie-mają-skorupy"})
    void what_is_no_token_is_refused_and_not_repeated(String text) {
        assertThatThrownBy(() -> ApiToken.of(text, "the cupboard"))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> {
                            assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING);
                            assertThat(failure)
                                    .hasMessage(
                                            "The token in the cupboard is not 16 to 1,024 visible"
                                                    + " ASCII characters.");
                        });
    }

    @Test
    void a_file_that_is_not_there_or_endless_is_refused() {
        for (Path file : new Path[] {directory.resolve("none"), Path.of("/dev/zero")}) {
            assertThatThrownBy(() -> ApiToken.read(file))
                    .isInstanceOfSatisfying(
                            SyncException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING));
        }
    }
}
