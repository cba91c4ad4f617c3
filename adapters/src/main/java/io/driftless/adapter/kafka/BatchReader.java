package io.driftless.adapter.kafka;

import io.driftless.adapter.kafka.EventRecords.Unreadable;
import io.driftless.event.Event;
import io.driftless.event.Topic;
import io.driftless.port.EventBus.Batch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Mono;
import reactor.kafka.receiver.ReceiverOffset;
import reactor.kafka.receiver.ReceiverRecord;

/**
 * Makes batches of one subscription's records. A record that is passed over is acknowledged with
 * the next batch: to acknowledge it alone would acknowledge all before it as well.
 */
final class BatchReader<E extends Event> {
    private final Topic<E> topic;
    private final EventRecords records;

    /** The last that was passed over since the last batch, of each partition. */
    private final Map<TopicPartition, ReceiverOffset> passedOver = new HashMap<>();

    BatchReader(Topic<E> topic, EventRecords records) {
        this.topic = topic;
        this.records = records;
    }

    /**
     * @param batch empty where no record can be read
     * @param unreadable what is to be put aside before anything of this is acknowledged
     */
    record Read<E extends Event>(Optional<Batch<E>> batch, List<Unreadable> unreadable) {}

    Read<E> read(List<? extends ReceiverRecord<byte[], byte[]>> polled) {
        List<Unreadable> unreadable = new ArrayList<>();
        List<ReceiverOffset> offsets = new ArrayList<>(passedOver.values());
        List<E> events = new ArrayList<>();
        for (ReceiverRecord<byte[], byte[]> record : polled) {
            offsets.add(record.receiverOffset());
            records.read(topic, record, unreadable::add).ifPresent(events::add);
        }
        if (events.isEmpty()) {
            offsets.forEach(offset -> passedOver.put(offset.topicPartition(), offset));
            return new Read<>(Optional.empty(), unreadable);
        }
        passedOver.clear();
        return new Read<>(Optional.of(new Batch<>(events, acknowledgement(offsets))), unreadable);
    }

    /** Each record, in order: the receiver counts those that are still being worked on. */
    private static Mono<Void> acknowledgement(List<ReceiverOffset> offsets) {
        return Mono.fromRunnable(() -> offsets.forEach(ReceiverOffset::acknowledge));
    }
}
