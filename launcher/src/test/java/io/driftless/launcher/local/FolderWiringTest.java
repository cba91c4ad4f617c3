package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderWiringTest {
    @ParameterizedTest
    @CsvSource({"0, 8", "1, 8", "2, 8", "3, 5", "8, 2", "16, 1", "100, 1"})
    void shares_the_room_for_what_is_fetched_among_the_targets(int targets, int ranges) {
        assertThat(FolderWiring.rangesInFlight(targets)).isEqualTo(ranges);
    }
}
