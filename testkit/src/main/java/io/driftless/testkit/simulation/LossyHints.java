package io.driftless.testkit.simulation;

import io.driftless.event.Event;
import io.driftless.event.Hint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** The hints of a watcher are lost, doubled and re-ordered. */
final class LossyHints implements ForwardingBus.Sent {
    private final Faults faults;
    private final Random random;

    LossyHints(Faults faults, Random random) {
        this.faults = faults;
        this.random = random;
    }

    @Override
    public List<Event> of(List<? extends Event> events) {
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
        return sent;
    }
}
