package io.driftless.hosting;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Kafka, from its settings. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(KafkaProperties.class)
public class KafkaConfiguration {
    @Bean
    Broker broker(KafkaProperties kafka, Workers workers, Dependencies dependencies) {
        return new Broker(kafka.settings(), workers, dependencies);
    }
}
