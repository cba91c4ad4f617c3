package io.driftless.adapter.kafka;

import io.driftless.error.SyncException;
import io.driftless.event.Event;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderOptions;
import reactor.kafka.sender.SenderRecord;

/**
 * Publishes through one producer, which batches by itself what comes at the same time. Where that
 * one is broken for good, the next try has another.
 */
final class KafkaPublisher implements AutoCloseable {
    private final SenderOptions<byte[], byte[]> options;
    private final AtomicReference<KafkaSender<byte[], byte[]>> sender;
    private final EventRecords records;
    private final Scheduler io;
    private volatile boolean isClosed;

    KafkaPublisher(KafkaClients clients, EventRecords records, Scheduler io, Scheduler delivery) {
        this.options = clients.sender(delivery);
        this.sender = new AtomicReference<>(KafkaSender.create(options));
        this.records = records;
        this.io = io;
    }

    Mono<Void> publish(List<? extends Event> events) {
        List<? extends Event> all = List.copyOf(events);
        if (all.isEmpty()) {
            return Mono.empty();
        }
        return Mono.defer(() -> publish(sender.get(), all)).subscribeOn(io);
    }

    private Mono<Void> publish(KafkaSender<byte[], byte[]> through, List<? extends Event> events) {
        return through.send(Flux.fromIterable(events).map(this::toSend))
                .then()
                .onErrorResume(failure -> failed(through, failure));
    }

    private SenderRecord<byte[], byte[], Boolean> toSend(Event event) {
        ProducerRecord<byte[], byte[]> record = records.write(event);
        return SenderRecord.create(record, true);
    }

    private Mono<Void> failed(KafkaSender<byte[], byte[]> through, Throwable failure) {
        SyncException translated = KafkaErrors.translated("publish", failure);
        boolean isReplaced =
                !isClosed
                        && KafkaErrors.mayEndProducer(failure)
                        && sender.compareAndSet(through, KafkaSender.create(options));
        Mono<Void> ended =
                isReplaced ? Mono.<Void>fromRunnable(through::close).subscribeOn(io) : Mono.empty();
        return ended.doOnError(translated::addSuppressed)
                .onErrorComplete()
                .then(Mono.error(translated));
    }

    @Override
    public void close() {
        isClosed = true;
        sender.get().close();
    }
}
