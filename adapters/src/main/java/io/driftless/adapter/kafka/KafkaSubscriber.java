package io.driftless.adapter.kafka;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Event;
import io.driftless.event.Topic;
import io.driftless.port.EventBus.Batch;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.kafka.receiver.KafkaReceiver;
import reactor.kafka.receiver.ReceiverOptions;
import reactor.kafka.receiver.ReceiverRecord;
import reactor.util.retry.Retry;

/** Subscribes to topics. A subscription that breaks is made anew, for as long as it is wanted. */
final class KafkaSubscriber {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaSubscriber.class);
    private static final Duration MIN_BACKOFF = Duration.ofMillis(200);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

    private final KafkaClients clients;
    private final EventRecords records;
    private final KafkaTopics topics;
    private final KafkaPublisher publisher;
    private final Scheduler delivery;

    KafkaSubscriber(
            KafkaClients clients,
            EventRecords records,
            KafkaTopics topics,
            KafkaPublisher publisher,
            Scheduler delivery) {
        this.clients = clients;
        this.records = records;
        this.topics = topics;
        this.publisher = publisher;
        this.delivery = delivery;
    }

    <E extends Event> Flux<Batch<E>> consume(Topic<E> topic, String group, int maxEvents) {
        if (maxEvents < 1) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "A batch has 1 event or more, not " + maxEvents + ".");
        }
        ReceiverOptions<byte[], byte[]> options =
                clients.member(records.groupName(group), maxEvents, delivery)
                        .subscription(List.of(records.topicName(topic)));
        return Flux.defer(() -> batches(topic, options)).retryWhen(again(topic));
    }

    private <E extends Event> Flux<Batch<E>> batches(
            Topic<E> topic, ReceiverOptions<byte[], byte[]> options) {
        BatchReader<E> reader = new BatchReader<>(topic, records);
        return polled(options).concatMap(batch -> read(reader, batch), 1);
    }

    private <E extends Event> Mono<Batch<E>> read(
            BatchReader<E> reader, List<ReceiverRecord<byte[], byte[]>> polled) {
        BatchReader.Read<E> read = reader.read(polled);
        return publisher.putAside(read.unreadable()).then(Mono.justOrEmpty(read.batch()));
    }

    <E extends Event> Flux<E> follow(Topic<E> topic, String key) {
        byte[] wanted = EventRecords.utf8(key);
        return follow(
                topic,
                all -> List.of(all.get(BuiltInPartitioner.partitionForKey(wanted, all.size()))),
                record -> Arrays.equals(record.key(), wanted));
    }

    <E extends Event> Flux<E> followAll(Topic<E> topic) {
        return follow(topic, all -> all, _ -> true);
    }

    private interface Choice {
        List<TopicPartition> of(List<TopicPartition> all);
    }

    private <E extends Event> Flux<E> follow(
            Topic<E> topic, Choice choice, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        String name = records.topicName(topic);
        return topics.layout(name)
                .flatMapMany(layout ->
                        polled(assigned(choice.of(layout.partitions())))
                                .takeUntilOther(topics.changed(name, layout)))
                .concatMapIterable(batch -> batch, 1)
                .filter(wanted)
                .concatMap(record -> Mono.justOrEmpty(records.read(topic, record)), 1)
                .repeat()
                .retryWhen(again(topic));
    }

    private ReceiverOptions<byte[], byte[]> assigned(List<TopicPartition> chosen) {
        return clients.follower(delivery).assignment(chosen);
    }

    /** What each poll brought, one poll ahead of demand. */
    private static Flux<List<ReceiverRecord<byte[], byte[]>>> polled(
            ReceiverOptions<byte[], byte[]> options) {
        return KafkaReceiver.create(options).receiveBatch(1).concatMap(Flux::collectList, 1);
    }

    private Retry again(Topic<?> topic) {
        return Retry.backoff(Long.MAX_VALUE, MIN_BACKOFF)
                .maxBackoff(MAX_BACKOFF)
                .jitter(0.5)
                .transientErrors(true)
                .doBeforeRetry(signal ->
                        LOG.atWarn()
                                .addKeyValue("topic", records.topicName(topic))
                                .addKeyValue("code", ErrorCode.DEPENDENCY_UNAVAILABLE.id())
                                .addKeyValue(
                                        "reason",
                                        KafkaErrors.translated("be read", signal.failure())
                                                .getMessage())
                                .log("subscription broke and is made anew"));
    }
}
