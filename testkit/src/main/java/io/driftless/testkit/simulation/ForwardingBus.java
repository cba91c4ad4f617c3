package io.driftless.testkit.simulation;

import io.driftless.event.Event;
import io.driftless.event.Topic;
import io.driftless.port.EventBus;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Another bus, but for what is published. */
class ForwardingBus implements EventBus {
    private final EventBus bus;
    private final Sent sent;

    /** What is published in place of some events. */
    interface Sent {
        List<? extends Event> of(List<? extends Event> events);
    }

    ForwardingBus(EventBus bus, Sent sent) {
        this.bus = bus;
        this.sent = sent;
    }

    @Override
    public Mono<Void> publish(List<? extends Event> events) {
        return bus.publish(sent.of(events));
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
