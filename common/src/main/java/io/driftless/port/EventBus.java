package io.driftless.port;

import io.driftless.event.Event;
import io.driftless.event.Topic;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The topics. At least once: everything may come twice, late, and after other keys' events. */
public interface EventBus {
    /**
     * Completes when every event is durable at the broker. Events of one topic and key keep their
     * order.
     */
    Mono<Void> publish(List<? extends Event> events);

    /**
     * Shares the topic's keys among all members of the group. A batch is what has arrived, at least
     * one event and at most {@code maxEvents}; the next one is handed out when asked for. Events
     * not acknowledged come again after a restart, to this or another member. Records that cannot
     * be read are logged with {@code MESSAGE_MALFORMED}, put aside and passed over.
     */
    <E extends Event> Flux<Batch<E>> consume(Topic<E> topic, String group, int maxEvents);

    /**
     * Every event of one key that the topic still holds, oldest first, then new ones as they come.
     * Keeps no position: each subscription begins at the beginning. For compacted topics.
     */
    <E extends Event> Flux<E> follow(Topic<E> topic, String key);

    /** As {@link #follow}, for every key. */
    <E extends Event> Flux<E> followAll(Topic<E> topic);

    /**
     * Events that arrived together.
     *
     * @param acknowledge to be subscribed once the effect of all of them is durable; batches in
     *     order
     */
    record Batch<E extends Event>(List<E> events, Mono<Void> acknowledge) {
        public Batch {
            events = List.copyOf(events);
        }
    }
}
