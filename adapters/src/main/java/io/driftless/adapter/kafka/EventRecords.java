package io.driftless.adapter.kafka;

import io.driftless.adapter.codec.EventJson;
import io.driftless.error.SyncException;
import io.driftless.event.Event;
import io.driftless.event.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events as records: the key in UTF-8, the event in JSON, its type and version as headers. */
final class EventRecords {
    private static final Logger LOG = LoggerFactory.getLogger(EventRecords.class);
    private static final String DEAD_LETTERS = "dead";
    private static final Header VERSION =
            new RecordHeader("v", utf8(String.valueOf(EventJson.VERSION)));

    private final String prefix;
    private final EventJson json;
    private final LongAdder malformed = new LongAdder();

    EventRecords(String prefix, EventJson json) {
        this.prefix = prefix;
        this.json = json;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    String topicName(Topic<?> topic) {
        return prefix + topic.name();
    }

    String groupName(String group) {
        return prefix + group;
    }

    ProducerRecord<byte[], byte[]> write(Event event) {
        Topic<?> topic = Topic.of(event);
        Header type = new RecordHeader("type", utf8(json.type(topic)));
        return new ProducerRecord<>(
                topicName(topic),
                null,
                utf8(event.key()),
                json.write(event),
                List.of(type, VERSION));
    }

    /**
     * A record that cannot be read, as it came.
     *
     * @param reason why, for people
     */
    record Unreadable(ConsumerRecord<byte[], byte[]> record, SyncException reason) {}

    String deadLetters() {
        return prefix + DEAD_LETTERS;
    }

    /** A record put aside: key, value and headers as they were, and where they were and why. */
    ProducerRecord<byte[], byte[]> deadLetter(Unreadable unreadable) {
        var record = unreadable.record();
        List<Header> headers = new ArrayList<>(List.of(record.headers().toArray()));
        headers.add(new RecordHeader("topic", utf8(record.topic())));
        headers.add(new RecordHeader("partition", utf8(String.valueOf(record.partition()))));
        headers.add(new RecordHeader("offset", utf8(String.valueOf(record.offset()))));
        headers.add(new RecordHeader("code", utf8(unreadable.reason().code().id())));
        headers.add(
                new RecordHeader("reason", utf8(String.valueOf(unreadable.reason().getMessage()))));
        return new ProducerRecord<>(deadLetters(), null, record.key(), record.value(), headers);
    }

    /** Empty for a record that cannot be read, which is logged and counted, and for a tombstone. */
    <E extends Event> Optional<E> read(Topic<E> topic, ConsumerRecord<byte[], byte[]> record) {
        return read(topic, record, _ -> {});
    }

    /** As the other, and hands over what cannot be read. */
    <E extends Event> Optional<E> read(
            Topic<E> topic,
            ConsumerRecord<byte[], byte[]> record,
            Consumer<Unreadable> unreadable) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(json.read(topic, record.value()));
        } catch (SyncException e) {
            unreadable.accept(new Unreadable(record, e));
            malformed.increment();
            LOG.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("code", e.code().id())
                    .setCause(e)
                    .log("record put aside");
            return Optional.empty();
        }
    }

    long malformed() {
        return malformed.sum();
    }
}
