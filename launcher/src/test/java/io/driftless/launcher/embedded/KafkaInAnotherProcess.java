package io.driftless.launcher.embedded;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Runs a broker with records and a member of a group, says so and waits to be killed. */
final class KafkaInAnotherProcess {
    private KafkaInAnotherProcess() {}

    public static void main(String[] arguments) throws Exception {
        EmbeddedKafka broker =
                EmbeddedKafka.start(EmbeddedKafka.Settings.in(Path.of(arguments[0])));
        KafkaClient client = new KafkaClient(broker.address());
        client.makeTopic();
        for (int i = 0; i < 100; i++) {
            client.send("n" + i);
        }
        KafkaConsumer<byte[], byte[]> member = client.member();
        member.subscribe(List.of(KafkaClient.TOPIC));
        while (member.poll(Duration.ofMillis(100)).isEmpty()) {
            System.err.flush();
        }
        System.out.write("ready\n".getBytes(StandardCharsets.UTF_8));
        System.out.flush();
        new CountDownLatch(1).await();
    }
}
