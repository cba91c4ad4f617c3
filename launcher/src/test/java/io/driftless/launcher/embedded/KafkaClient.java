package io.driftless.launcher.embedded;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What a test does with a broker, in plain Kafka. */
record KafkaClient(Map<String, Object> settings) {
    static final String TOPIC = "t";

    KafkaClient(EmbeddedKafka.Address address) {
        this(settings(address));
    }

    private static Map<String, Object> settings(EmbeddedKafka.Address address) {
        Map<String, Object> all = new HashMap<>(address.security());
        all.put("bootstrap.servers", address.bootstrapServers());
        return all;
    }

    void makeTopic() throws Exception {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            await().ignoreExceptions()
                    .untilAsserted(() ->
                            admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all().get());
        }
    }

    void send(String value) throws Exception {
        var serializer = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(settings, serializer, serializer)) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(TOPIC, bytes)).get();
        }
    }

    /** Joins a group that begins at the beginning. */
    KafkaConsumer<byte[], byte[]> member() {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("group.id", "g");
        all.put("auto.offset.reset", "earliest");
        all.put("enable.auto.commit", false);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** What the group reads until there are as many. */
    List<String> consume(int count) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> member = member()) {
            member.subscribe(List.of(TOPIC));
            while (values.size() < count) {
                for (ConsumerRecord<byte[], byte[]> each : member.poll(Duration.ofSeconds(1))) {
                    values.add(new String(each.value(), StandardCharsets.UTF_8));
                }
            }
        }
        return values;
    }
}
