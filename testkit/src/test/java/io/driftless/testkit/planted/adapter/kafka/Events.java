package io.driftless.testkit.planted.adapter.kafka;

import reactor.kafka.sender.KafkaSender;

record Events(KafkaSender<byte[], byte[]> sender) {}
