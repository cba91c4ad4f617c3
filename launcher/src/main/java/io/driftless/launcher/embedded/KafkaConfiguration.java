package io.driftless.launcher.embedded;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** The broker's settings: one node, small, on the loopback address, for clients with a password. */
record KafkaConfiguration(Path data, int port, int controllerPort, String password) {
    static final int NODE = 1;
    static final String CONTROLLER = "CONTROLLER";

    /** Parts in which groups are kept. */
    static final int OFFSETS_PARTITIONS = 4;

    private static final String BROKER = "BROKER";
    private static final String USER = "driftless";
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required";

    static Map<String, String> clientSecurity(String password) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "%s username=\"%s\" password=\"%s\";".formatted(LOGIN, USER, password));
    }

    Properties properties() {
        Properties all = new Properties();
        all.putAll(node());
        all.putAll(security());
        all.putAll(topics());
        all.putAll(footprint());
        return all;
    }

    private Map<String, String> node() {
        String broker = BROKER + "://" + LoopbackPort.HOST + ":" + port;
        String controller = CONTROLLER + "://" + LoopbackPort.HOST + ":" + controllerPort;
        return Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                String.valueOf(NODE),
                "controller.quorum.voters",
                NODE + "@" + LoopbackPort.HOST + ":" + controllerPort,
                "listeners",
                broker + "," + controller,
                "advertised.listeners",
                broker,
                "controller.listener.names",
                CONTROLLER,
                "inter.broker.listener.name",
                BROKER,
                "log.dirs",
                data.toString());
    }

    private Map<String, String> security() {
        String login =
                "%1$s username=\"%2$s\" password=\"%3$s\" user_%2$s=\"%3$s\";"
                        .formatted(LOGIN, USER, password);
        return Map.of(
                "listener.security.protocol.map",
                BROKER + ":SASL_PLAINTEXT," + CONTROLLER + ":SASL_PLAINTEXT",
                "sasl.enabled.mechanisms",
                "PLAIN",
                "sasl.mechanism.inter.broker.protocol",
                "PLAIN",
                "sasl.mechanism.controller.protocol",
                "PLAIN",
                "listener.name.broker.plain.sasl.jaas.config",
                login,
                "listener.name.controller.plain.sasl.jaas.config",
                login);
    }

    /** One node: one copy of everything; topics come from us, with their settings. */
    private static Map<String, String> topics() {
        return Map.of(
                "auto.create.topics.enable",
                "false",
                "offsets.topic.replication.factor",
                "1",
                "offsets.topic.num.partitions",
                String.valueOf(OFFSETS_PARTITIONS),
                "offsets.retention.minutes",
                String.valueOf(30 * 24 * 60),
                "transaction.state.log.replication.factor",
                "1",
                "transaction.state.log.min.isr",
                "1",
                "share.coordinator.state.topic.replication.factor",
                "1",
                "share.coordinator.state.topic.min.isr",
                "1",
                "group.initial.rebalance.delay.ms",
                "0");
    }

    /**
     * The short session lets a node back in soon after kill -9: it waits until the session of its
     * former life is over.
     */
    private static Map<String, String> footprint() {
        return Map.of(
                "broker.session.timeout.ms",
                "3000",
                "broker.heartbeat.interval.ms",
                "500",
                "num.network.threads",
                "2",
                "num.io.threads",
                "4",
                "log.index.size.max.bytes",
                String.valueOf(1 << 20),
                "log.segment.bytes",
                String.valueOf(128 << 20),
                "log.cleaner.dedupe.buffer.size",
                String.valueOf(16 << 20),
                "metadata.max.idle.interval.ms",
                "5000");
    }
}
