package io.driftless.adapter.kafka;

import io.driftless.adapter.codec.EventJson;
import io.driftless.event.Event;
import io.driftless.event.Topic;
import io.driftless.port.EventBus;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The topics on Kafka. Publishing is idempotent and retried inside the producer until its timeout;
 * then it fails with {@code DEPENDENCY_UNAVAILABLE}. Consuming and following never fail: they
 * subscribe again, with backoff, and say so in the log. Followers belong to no group. What a group
 * cannot read is put aside in topic {@code dead} before anything after it is acknowledged.
 */
public final class KafkaEventBus implements EventBus, AutoCloseable {
    private final KafkaTopics topics;
    private final KafkaPublisher publisher;
    private final KafkaSubscriber subscriber;
    private final EventRecords records;

    /**
     * Connects to nothing yet.
     *
     * @param io for calls that may wait for Kafka
     * @param delivery where events are handed over and publishing completes; nothing may block it
     */
    public KafkaEventBus(KafkaSettings settings, Scheduler io, Scheduler delivery) {
        KafkaClients clients = new KafkaClients(settings);
        records = new EventRecords(settings.prefix(), new EventJson());
        topics = new KafkaTopics(settings, clients, records, io, delivery);
        publisher = new KafkaPublisher(clients, records, topics, io, delivery);
        subscriber = new KafkaSubscriber(clients, records, topics, publisher, delivery);
    }

    /**
     * Makes the topics that are missing and waits until they take records. To be done once, before
     * anything is published. Fails with {@code DEPENDENCY_UNAVAILABLE}; may be tried again.
     */
    public Mono<Void> prepare() {
        return topics.prepare();
    }

    /**
     * Completes where Kafka answers now and has the topics; else {@code DEPENDENCY_UNAVAILABLE}.
     */
    public Mono<Void> check() {
        return topics.layout(records.topicName(Topic.REPORTS)).then();
    }

    @Override
    public Mono<Void> publish(List<? extends Event> events) {
        return publisher.publish(events);
    }

    @Override
    public <E extends Event> Flux<Batch<E>> consume(Topic<E> topic, String group, int maxEvents) {
        return subscriber.consume(topic, group, maxEvents);
    }

    @Override
    public <E extends Event> Flux<E> follow(Topic<E> topic, String key) {
        return subscriber.follow(topic, key);
    }

    @Override
    public <E extends Event> Flux<E> followAll(Topic<E> topic) {
        return subscriber.followAll(topic);
    }

    /** How many records could not be read since the start. */
    public long malformed() {
        return records.malformed();
    }

    /** Sends what is under way and ends the producer; subscriptions end by being cancelled. */
    @Override
    public void close() {
        publisher.close();
        topics.close();
    }
}
