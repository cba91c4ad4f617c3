package io.driftless.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {
    private static ErrorCode codeOf(String state) {
        Throwable failure =
                Failures.translate(new R2dbcNonTransientResourceException("refused", state));
        return ((SyncException) failure).code();
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "28P01", "40P01", "57P01", "25006", "25P03", "25P04", "3D000"})
    void waits_for_what_passes_without_a_change_of_ours(String state) {
        assertThat(codeOf(state)).isEqualTo(ErrorCode.DEPENDENCY_UNAVAILABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"25P02", "25001", "42601", "23505", "22021"})
    void takes_what_only_a_change_of_ours_ends_for_a_fault_of_ours(String state) {
        assertThat(codeOf(state)).isEqualTo(ErrorCode.INVARIANT_BROKEN);
    }

    @Test
    void tells_a_full_disk_from_the_rest() {
        assertThat(codeOf("53100")).isEqualTo(ErrorCode.NO_SPACE);
    }
}
