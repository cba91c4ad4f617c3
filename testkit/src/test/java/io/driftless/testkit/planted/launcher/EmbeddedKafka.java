package io.driftless.testkit.planted.launcher;

import kafka.server.KafkaRaftServer;

public record EmbeddedKafka(KafkaRaftServer server) {}
