package io.driftless.testkit.kafka;

import io.driftless.adapter.kafka.KafkaEventBus;
import io.driftless.adapter.kafka.KafkaSettings;
import io.driftless.port.EventBus;
import io.driftless.testkit.contract.EventBusContract;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;
import reactor.core.scheduler.Schedulers;

/** The same promises, kept by a Kafka of its own process, where Docker is. */
@Testcontainers(disabledWithoutDocker = true)
class KafkaContainerIT extends EventBusContract {
    @Container
    private static final KafkaContainer BROKER = new KafkaContainer("apache/kafka:4.2.1");

    private KafkaEventBus bus;

    @BeforeEach
    void openWithTopicsOfItsOwn() {
        KafkaSettings settings =
                KafkaSettings.ofOneBroker(BROKER.getBootstrapServers(), Map.of())
                        .withPrefix("t" + UUID.randomUUID() + ".");
        bus = new KafkaEventBus(settings, Schedulers.boundedElastic(), Schedulers.parallel());
        bus.prepare().block(Duration.ofSeconds(60));
    }

    @AfterEach
    void close() {
        bus.close();
    }

    @Override
    protected EventBus bus() {
        return bus;
    }
}
