package io.driftless.adapter.kafka;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.Map;

/**
 * How to reach Kafka and what to make there.
 *
 * @param bootstrapServers {@code host:port}, several parted by commas
 * @param prefix before every topic's and group's name
 * @param createTopics false where an operator makes the topics
 * @param partitions of every topic, when it is made; not to be changed afterwards, because keys
 *     would move
 * @param replicationFactor of every topic, when it is made
 * @param publishTimeout how long publishing is retried before it fails
 * @param client further settings of every client, in Kafka's own words: security above all
 */
public record KafkaSettings(
        String bootstrapServers,
        String prefix,
        boolean createTopics,
        int partitions,
        int replicationFactor,
        Duration publishTimeout,
        Map<String, String> client) {
    public static final String DEFAULT_PREFIX = "driftless.";

    public KafkaSettings {
        client = Map.copyOf(client);
        check(!bootstrapServers.isBlank(), "bootstrapServers", bootstrapServers, "host:port");
        check(prefix.matches("[a-zA-Z0-9._-]{0,100}"), "prefix", prefix, "letters, digits, . _ -");
        check(partitions >= 1 && partitions <= 1000, "partitions", partitions, "1 to 1000");
        check(
                replicationFactor >= 1 && replicationFactor <= 10,
                "replicationFactor",
                replicationFactor,
                "1 to 10");
        check(
                publishTimeout.compareTo(Duration.ofSeconds(1)) >= 0,
                "publishTimeout",
                publishTimeout,
                "1 s or more");
    }

    /** For the broker of a single machine. */
    public static KafkaSettings ofOneBroker(String bootstrapServers, Map<String, String> client) {
        return new KafkaSettings(
                bootstrapServers, DEFAULT_PREFIX, true, 4, 1, Duration.ofSeconds(30), client);
    }

    /** The same with another prefix. */
    public KafkaSettings withPrefix(String other) {
        return new KafkaSettings(
                bootstrapServers,
                other,
                createTopics,
                partitions,
                replicationFactor,
                publishTimeout,
                client);
    }

    /** Its client settings hold passwords. */
    @Override
    public String toString() {
        return "Kafka at " + bootstrapServers + ", prefix " + prefix;
    }

    private static void check(boolean isGood, String name, Object value, String allowed) {
        if (!isGood) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "driftless.kafka.%s is %s; allowed is %s.".formatted(name, value, allowed));
        }
    }
}
