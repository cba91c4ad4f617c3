package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names a file system that tells no letter case from another takes for our directory. */
class OwnTest {
    @ParameterizedTest
    @CsvSource({
        ".DRIFTLESS, .DRIFTLESS",
        ".Driftless/stage/f, .Driftless",
        ".driftle\u017fs/f, .driftle\u017fs"
    })
    void knows_our_name_in_another_spelling(String path, String name) {
        Optional<byte[]> found = Own.spelledOtherwise(EntryPath.parse(path));

        assertThat(found.map(bytes -> new String(bytes, UTF_8))).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {".driftless", ".driftless/f", ".drift", "d/.DRIFTLESS", ".DRIFTLESS2"})
    void finds_no_other_spelling_in_our_name_itself_or_in_other_names(String path) {
        assertThat(Own.spelledOtherwise(EntryPath.parse(path))).isEmpty();
    }
}
