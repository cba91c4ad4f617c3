package io.driftless.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.event.Order;
import io.driftless.event.Topic;
import io.driftless.port.EventBus;
import io.driftless.testkit.contract.EventBusContract;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

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

    @Test
    void hands_over_in_virtual_time_when_it_is_given_such_a_scheduler() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        MemoryEventBus simulated = new MemoryEventBus(4, time);
        List<Order> seen = new ArrayList<>();
        Disposable following = simulated.followAll(Topic.ORDERS).subscribe(seen::add);

        simulated.publish(List.of(order("a", 1))).block();
        time.advanceTimeBy(Duration.ZERO);

        assertThat(seen).containsExactly(order("a", 1));
        following.dispose();
    }

    private static Order order(String target, int scan) {
        return new Order(new TargetId(target), Optional.empty(), false, scan, 0, 0, List.of());
    }
}
