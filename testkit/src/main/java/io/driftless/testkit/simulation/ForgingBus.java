package io.driftless.testkit.simulation;

import io.driftless.event.Bytes;
import io.driftless.event.Commit;
import io.driftless.event.Event;
import io.driftless.manifest.ChangeList;
import io.driftless.manifest.ChangeListCodec;
import io.driftless.port.EventBus;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import reactor.core.publisher.Mono;

/** A bus on which commits now and then list changes that are not all of theirs. */
final class ForgingBus extends ForwardingBus {
    private final EventBus bus;
    private final Faults faults;
    private final Random random;

    ForgingBus(EventBus bus, Faults faults, Random random) {
        super(bus);
        this.bus = bus;
        this.faults = faults;
        this.random = random;
    }

    @Override
    public Mono<Void> publish(List<? extends Event> events) {
        List<Event> sent = new ArrayList<>(events);
        sent.replaceAll(event ->
                event instanceof Commit commit && faults.happens(0.05) ? forged(commit) : event);
        return bus.publish(sent);
    }

    private Commit forged(Commit commit) {
        if (!(commit.changes() instanceof Commit.Changes.Inline(Bytes list))) {
            return commit;
        }
        ChangeList real = ChangeListCodec.decode(list.toArray());
        int kept = random.nextInt(Math.max(1, real.changes().size()));
        ChangeList forged = new ChangeList(real.changes().subList(0, kept), real.locations());
        return new Commit(
                commit.folder(),
                commit.incarnation(),
                commit.seq(),
                commit.root(),
                commit.parentRoot(),
                commit.rules(),
                commit.approvedRemovals(),
                commit.summary(),
                commit.time(),
                new Commit.Changes.Inline(Bytes.of(ChangeListCodec.encode(forged))),
                commit.signature());
    }
}
