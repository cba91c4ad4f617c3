package io.driftless.testkit.simulation;

import io.driftless.event.Event;
import io.driftless.event.Topic;
import io.driftless.port.EventBus;
import reactor.core.publisher.Flux;

/** Another bus, but for what is published. */
abstract class ForwardingBus implements EventBus {
    private final EventBus bus;

    ForwardingBus(EventBus bus) {
        this.bus = bus;
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
