package io.driftless.hosting;

import io.driftless.adapter.kafka.KafkaSettings;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers {@code host:port}, several parted by commas
 * @param prefix before every topic's and group's name
 * @param createTopics false where an operator makes the topics
 * @param partitions of every topic, when it is made
 * @param replicationFactor of every topic, when it is made
 * @param publishTimeout how long publishing is tried before it counts as failed
 * @param client further settings of every client, in Kafka's own words: security above all
 */
@ConfigurationProperties(prefix = "driftless.kafka", ignoreUnknownFields = false)
public record KafkaProperties(
        @DefaultValue("") String bootstrapServers,
        @DefaultValue(KafkaSettings.DEFAULT_PREFIX) String prefix,
        @DefaultValue("true") boolean createTopics,
        @DefaultValue("4") int partitions,
        @DefaultValue("1") int replicationFactor,
        @DefaultValue("30s") Duration publishTimeout,
        @DefaultValue Map<String, String> client) {
    private static final String KEY = "driftless.kafka.";
    private static final Duration MAX_PUBLISH_TIMEOUT = Duration.ofMinutes(10);

    public KafkaProperties {
        client = Map.copyOf(client);
        Allowed.check(
                bootstrapServers.matches("[^\\s,:]+:\\d+(,[^\\s,:]+:\\d+)*"),
                KEY + "bootstrap-servers",
                bootstrapServers,
                "host:port, several parted by commas");
        Allowed.check(
                prefix.matches("[a-zA-Z0-9._-]{0,100}"),
                KEY + "prefix",
                prefix,
                "up to 100 of a-z A-Z 0-9 . _ -");
        Allowed.between(KEY + "partitions", partitions, 1, 1_000);
        Allowed.between(KEY + "replication-factor", replicationFactor, 1, 10);
        Allowed.between(
                KEY + "publish-timeout",
                publishTimeout,
                Duration.ofSeconds(1),
                MAX_PUBLISH_TIMEOUT);
    }

    KafkaSettings settings() {
        return new KafkaSettings(
                bootstrapServers,
                prefix,
                createTopics,
                partitions,
                replicationFactor,
                publishTimeout,
                client);
    }

    /** Its client settings hold passwords. */
    @Override
    public String toString() {
        return settings().toString();
    }
}
