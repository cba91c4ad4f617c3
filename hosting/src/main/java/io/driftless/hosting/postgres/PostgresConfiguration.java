package io.driftless.hosting.postgres;

import io.driftless.hosting.Dependencies;
import io.driftless.hosting.Workers;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** PostgreSQL, from its settings. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PostgresProperties.class)
public class PostgresConfiguration {
    /** Spring waits for what {@code close} gives back. */
    @Bean(destroyMethod = "close")
    IndexDatabase indexDatabase(
            PostgresProperties postgres, Workers workers, Dependencies dependencies) {
        return new IndexDatabase(postgres.settings(), workers, dependencies);
    }
}
