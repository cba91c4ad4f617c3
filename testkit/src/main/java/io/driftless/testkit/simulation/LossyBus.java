package io.driftless.testkit.simulation;

import io.driftless.event.Event;
import io.driftless.event.Hint;
import io.driftless.event.Topic;
import io.driftless.port.EventBus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A bus on which the hints of a watcher are lost, doubled and re-ordered. */
final class LossyBus implements EventBus {
    private final EventBus bus;
    private final Faults faults;
    private final Random random;

    LossyBus(EventBus bus, Faults faults, Random random) {
        this.bus = bus;
        this.faults = faults;
        this.random = random;
    }

    @Override
    public Mono<Void> publish(List<? extends Event> events) {
        List<Event> sent = new ArrayList<>();
        for (Event event : events) {
            boolean isLost = event instanceof Hint && faults.happens(0.2);
            if (!isLost) {
                sent.add(event);
            }
            if (event instanceof Hint && faults.happens(0.1)) {
                sent.add(event);
            }
        }
        if (faults.happens(0.3)) {
            Collections.shuffle(sent, random);
        }
        return bus.publish(sent);
    }

    @Override
    public <E extends Event> Flux<Batch<E>> consume(Topic<E> topic, String group, int maxEvents) {
        return bus.consume(topic, group, maxEvents);
    }

    @Override
    public <E extends Event> Flux<E> follow(Topic<E> topic, String key) {
        return bus.follow(topic, key);
    }

    @Override
    public <E extends Event> Flux<E> followAll(Topic<E> topic) {
        return bus.followAll(topic);
    }
}
