package io.driftless.adapter.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Hint;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class KafkaEventBusTest {
    private static final String UNKNOWN_NAME = "kafka.invalid:9092";
    private static final Hint HINT =
            Hint.tree(
                    new FolderId("photos"), EntryPath.ROOT, Hint.Origin.OPERATOR, Optional.empty());

    private final Scheduler io = Schedulers.newBoundedElastic(2, 10, "io");
    private final Scheduler delivery = Schedulers.newParallel("delivery", 1);

    @AfterEach
    void end() {
        io.dispose();
        delivery.dispose();
    }

    @Test
    void a_name_that_nobody_knows_yet_may_be_known_later() {
        try (KafkaEventBus bus = bus(Map.of())) {
            SyncException failure = failure(bus.prepare());

            assertThat(failure.code()).isEqualTo(ErrorCode.DEPENDENCY_UNAVAILABLE);
            assertThat(failure).hasMessageContaining("No resolvable bootstrap urls");
        }
    }

    @Test
    void publishing_makes_a_producer_anew_where_the_one_before_could_not_be_made() {
        try (KafkaEventBus bus = bus(Map.of())) {
            SyncException first = failure(bus.publish(List.of(HINT)));
            SyncException second = failure(bus.publish(List.of(HINT)));

            assertThat(first.code()).isEqualTo(ErrorCode.DEPENDENCY_UNAVAILABLE);
            assertThat(second.code()).isEqualTo(ErrorCode.DEPENDENCY_UNAVAILABLE);
            assertThat(second.getCause()).isNotSameAs(first.getCause());
        }
    }

    @Test
    void a_setting_that_no_client_understands_is_wrong_for_good() {
        try (KafkaEventBus bus = bus(Map.of("security.protocol", "NONE_SUCH"))) {
            SyncException failure = failure(bus.prepare());

            assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING);
            assertThat(failure).hasMessageContaining("security.protocol");
        }
    }

    private KafkaEventBus bus(Map<String, String> client) {
        return new KafkaEventBus(KafkaSettings.ofOneBroker(UNKNOWN_NAME, client), io, delivery);
    }

    private static SyncException failure(Mono<Void> call) {
        return catchThrowableOfType(SyncException.class, () -> call.block(Duration.ofSeconds(10)));
    }
}
