package io.driftless.adapter.kafka;

import io.driftless.event.Event;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.kafka.sender.KafkaSender;
import reactor.kafka.sender.SenderRecord;

/** Publishes through one producer, which batches by itself what comes at the same time. */
final class KafkaPublisher implements AutoCloseable {
    private final KafkaSender<byte[], byte[]> sender;
    private final EventRecords records;
    private final Scheduler io;

    KafkaPublisher(KafkaClients clients, EventRecords records, Scheduler io, Scheduler delivery) {
        this.sender = KafkaSender.create(clients.sender(delivery));
        this.records = records;
        this.io = io;
    }

    Mono<Void> publish(List<? extends Event> events) {
        List<? extends Event> all = List.copyOf(events);
        if (all.isEmpty()) {
            return Mono.empty();
        }
        return sender.send(Flux.fromIterable(all).map(this::toSend))
                .then()
                .onErrorMap(e -> KafkaErrors.translated("publish", e))
                .subscribeOn(io);
    }

    private SenderRecord<byte[], byte[], Boolean> toSend(Event event) {
        ProducerRecord<byte[], byte[]> record = records.write(event);
        return SenderRecord.create(record, true);
    }

    @Override
    public void close() {
        sender.close();
    }
}
