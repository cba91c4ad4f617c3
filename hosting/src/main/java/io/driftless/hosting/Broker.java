package io.driftless.hosting;

import io.driftless.adapter.kafka.KafkaEventBus;
import io.driftless.adapter.kafka.KafkaSettings;
import io.driftless.port.EventBus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Kafka as this process uses it. */
public final class Broker implements Watched, AutoCloseable {
    private static final String NAME = "kafka";

    private final KafkaEventBus kafka;
    private final EventBus bus;
    private final Dependencies dependencies;
    private final Scheduler timer;

    /** Connects to nothing yet. */
    Broker(KafkaSettings settings, Workers workers, Dependencies dependencies) {
        this.kafka = new KafkaEventBus(settings, workers.servers(), workers.bus());
        this.bus = dependencies.listen(NAME, EventBus.class, kafka);
        this.dependencies = dependencies;
        this.timer = workers.timer();
    }

    /** The topics, once they are there. */
    public Mono<EventBus> open() {
        return dependencies.listened(NAME, kafka.prepare()).thenReturn(bus);
    }

    /** Completes where Kafka answers now. */
    public Mono<Void> check() {
        return kafka.check();
    }

    @Override
    public Flux<?> watch() {
        return dependencies.watch(NAME, "Kafka", kafka.check(), timer);
    }

    @Override
    public void close() {
        kafka.close();
    }
}
