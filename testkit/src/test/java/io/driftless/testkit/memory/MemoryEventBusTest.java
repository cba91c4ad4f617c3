package io.driftless.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.event.Order;
import io.driftless.event.Topic;
import io.driftless.port.EventBus;
import io.driftless.testkit.contract.EventBusContract;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class MemoryEventBusTest extends EventBusContract {
    private final MemoryEventBus bus = new MemoryEventBus();

    @Override
    protected EventBus bus() {
        return bus;
    }

    @Test
    void keeps_the_newest_of_each_key_when_it_is_compacted() {
        bus.publish(List.of(order("a", 1), order("b", 1), order("a", 2))).block();

        bus.compact();

        StepVerifier.create(bus.followAll(Topic.ORDERS).take(2).collectList())
                .assertNext(seen ->
                        assertThat(seen).containsExactlyInAnyOrder(order("a", 2), order("b", 1)))
                .expectComplete()
                .verify(Duration.ofSeconds(5));
    }

    private static Order order(String target, int scan) {
        return new Order(new TargetId(target), Optional.empty(), false, scan, 0, 0, List.of());
    }
}
