package io.driftless.adapter.kafka;

import io.driftless.adapter.kafka.EventRecords.Unreadable;
import io.driftless.error.SyncException;
import io.driftless.event.Event;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderOptions;
import reactor.kafka.sender.SenderRecord;

/**
 * Publishes through one producer, which batches by itself what comes at the same time. Where that
 * one is broken for good, the next try has another, and where a topic is lost, the next try finds
 * it made again.
 */
final class KafkaPublisher implements AutoCloseable {
    private final SenderOptions<byte[], byte[]> options;
    private final AtomicReference<KafkaSender<byte[], byte[]>> sender;
    private final EventRecords records;
    private final KafkaTopics topics;
    private final Scheduler io;
    private volatile boolean isClosed;

    KafkaPublisher(
            KafkaClients clients,
            EventRecords records,
            KafkaTopics topics,
            Scheduler io,
            Scheduler delivery) {
        this.options = clients.sender(delivery);
        this.sender = new AtomicReference<>(KafkaSender.create(options));
        this.records = records;
        this.topics = topics;
        this.io = io;
    }

    Mono<Void> publish(List<? extends Event> events) {
        List<? extends Event> all = List.copyOf(events);
        return send(() -> all.stream().map(records::write).toList(), all.isEmpty());
    }

    /**
     * Keeps records that cannot be read where an operator finds them. One that Kafka will not keep,
     * being too large or not allowed, stays where it was, which the log names.
     */
    Mono<Void> putAside(List<Unreadable> unreadable) {
        return Flux.fromIterable(unreadable)
                .concatMap(one ->
                        send(() -> List.of(records.deadLetter(one)), false)
                                .onErrorComplete(KafkaErrors::isRefused))
                .then();
    }

    private Mono<Void> send(Supplier<List<ProducerRecord<byte[], byte[]>>> all, boolean isNothing) {
        return isNothing
                ? Mono.empty()
                : Mono.defer(() -> send(sender.get(), all.get())).subscribeOn(io);
    }

    private Mono<Void> send(
            KafkaSender<byte[], byte[]> through, List<ProducerRecord<byte[], byte[]>> all) {
        return through.send(Flux.fromIterable(all).map(one -> SenderRecord.create(one, true)))
                .then()
                .onErrorResume(failure -> failed(through, failure));
    }

    private Mono<Void> failed(KafkaSender<byte[], byte[]> through, Throwable failure) {
        SyncException translated = KafkaErrors.translated("publish", failure);
        boolean isReplaced =
                !isClosed
                        && KafkaErrors.mayEndProducer(failure)
                        && sender.compareAndSet(through, KafkaSender.create(options));
        Mono<Void> ended =
                isReplaced ? Mono.<Void>fromRunnable(through::close).subscribeOn(io) : Mono.empty();
        Mono<Void> made =
                KafkaErrors.mayLackTopic(failure)
                        ? topics.makeLost().doOnError(translated::addSuppressed).onErrorComplete()
                        : Mono.empty();
        return ended.doOnError(translated::addSuppressed)
                .onErrorComplete()
                .then(made)
                .then(Mono.error(translated));
    }

    @Override
    public void close() {
        isClosed = true;
        sender.get().close();
    }
}
