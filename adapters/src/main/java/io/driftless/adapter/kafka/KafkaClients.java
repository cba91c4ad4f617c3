package io.driftless.adapter.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import reactor.core.scheduler.Scheduler;
import reactor.kafka.receiver.ReceiverOptions;
import reactor.kafka.sender.SenderOptions;

/** The settings of producers, consumers and admin clients. */
final class KafkaClients {
    /** The longest report or order has far less; Kafka compares it before compression. */
    static final int MAX_RECORD_BYTES = 4 << 20;

    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);

    /** How long a rebalance waits for batches that are being worked on. */
    private static final Duration MAX_REBALANCE_DELAY = Duration.ofSeconds(2);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** Topics that were made anew, or got more partitions, are found by then. */
    private static final Duration METADATA_AGE = Duration.ofMinutes(1);

    private final KafkaSettings settings;

    KafkaClients(KafkaSettings settings) {
        this.settings = settings;
    }

    Map<String, Object> common() {
        Map<String, Object> all = new HashMap<>(settings.client());
        all.putIfAbsent(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, METADATA_AGE.toMillis());
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        all.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        all.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2_000);
        all.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return all;
    }

    /** How old what a client knows of topics may become. */
    Duration metadataAge() {
        String name = CommonClientConfigs.METADATA_MAX_AGE_CONFIG;
        return Duration.ofMillis(
                (Long) ConfigDef.parseType(name, common().get(name), ConfigDef.Type.LONG));
    }

    SenderOptions<byte[], byte[]> sender(Scheduler delivery) {
        int timeout = Math.toIntExact(settings.publishTimeout().toMillis());
        Map<String, Object> all = common();
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 << 10);
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD_BYTES);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(10_000, timeout));
        return SenderOptions.<byte[], byte[]>create(all)
                .withKeySerializer(new ByteArraySerializer())
                .withValueSerializer(new ByteArraySerializer())
                .scheduler(delivery)
                .closeTimeout(CLOSE_TIMEOUT)
                .stopOnError(true);
    }

    /** For members of a group: at least once, from the beginning where nothing is committed. */
    ReceiverOptions<byte[], byte[]> member(String group, int maxEvents, Scheduler delivery) {
        return follower(delivery)
                .consumerProperty(ConsumerConfig.GROUP_ID_CONFIG, group)
                .consumerProperty(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxEvents)
                .consumerProperty(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000)
                .consumerProperty(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000)
                .commitInterval(COMMIT_INTERVAL)
                .commitBatchSize(0)
                .maxDelayRebalance(MAX_REBALANCE_DELAY);
    }

    /** For readers without a group: from the beginning, nothing is committed. */
    ReceiverOptions<byte[], byte[]> follower(Scheduler delivery) {
        Map<String, Object> all = common();
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        all.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
        all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return ReceiverOptions.<byte[], byte[]>create(all)
                .withKeyDeserializer(new ByteArrayDeserializer())
                .withValueDeserializer(new ByteArrayDeserializer())
                .schedulerSupplier(() -> delivery)
                .closeTimeout(CLOSE_TIMEOUT)
                .commitInterval(Duration.ZERO)
                .commitBatchSize(0)
                .maxDelayRebalance(Duration.ZERO);
    }
}
