package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Checks that something fails as the port says. */
final class Failures {
    private Failures() {}

    static void assertFails(Publisher<?> work, ErrorCode code) {
        assertThatThrownBy(() -> Flux.from(work).blockLast(Duration.ofSeconds(30)))
                .isInstanceOfSatisfying(
                        SyncException.class, failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
