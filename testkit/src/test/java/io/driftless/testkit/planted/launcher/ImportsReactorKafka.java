package io.driftless.testkit.planted.launcher;

import reactor.kafka.receiver.KafkaReceiver;

record ImportsReactorKafka(KafkaReceiver<byte[], byte[]> receiver) {}
