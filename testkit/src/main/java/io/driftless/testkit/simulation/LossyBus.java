package io.driftless.testkit.simulation;

import io.driftless.event.Event;
import io.driftless.event.Hint;
import io.driftless.port.EventBus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import reactor.core.publisher.Mono;

/** A bus on which the hints of a watcher are lost, doubled and re-ordered. */
final class LossyBus extends ForwardingBus {
    private final EventBus bus;
    private final Faults faults;
    private final Random random;

    LossyBus(EventBus bus, Faults faults, Random random) {
        super(bus);
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
}
