package io.driftless.hosting;

import io.driftless.error.SyncException;
import io.driftless.flow.Backoff;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What every service has: threads, the life of its flow, and health. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FolderProperties.class)
public class HostingConfiguration {
    /** Between tries to begin the flow. */
    private static final Backoff AGAIN =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), 0.5);

    @Bean
    Workers workers() {
        return new Workers();
    }

    @Bean
    Dependencies dependencies() {
        return new Dependencies(InstantSource.system());
    }

    @Bean
    FlowStatus flowStatus() {
        return new FlowStatus(InstantSource.system());
    }

    @Bean
    FlowLife flowLife(HostedFlow.Source source, FlowStatus status, Workers workers) {
        return new FlowLife(source, status, AGAIN, workers.timer());
    }

    @Bean
    FlowApplication flowApplication(
            FlowLife life, List<Watched> watched, ConfigurableApplicationContext context) {
        return new FlowApplication(
                life,
                Flux.merge(watched.stream().map(Watched::watch).toList()),
                FlowApplication.endOf(context));
    }

    /** The HTTP server closes at once: nobody waits two seconds for answers about health. */
    @Bean
    ReactorResourceFactory reactorResourceFactory() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setShutdownQuietPeriod(Duration.ZERO);
        return resources;
    }

    /** Named {@code flow} in health: whether the flow runs, and what last failed. */
    @Bean
    ReactiveHealthIndicator flowHealthIndicator(FlowStatus status, Dependencies dependencies) {
        return () -> Mono.fromSupplier(() -> health(status.now(), dependencies));
    }

    private static Health health(FlowStatus.Now now, Dependencies dependencies) {
        Health.Builder health =
                switch (now.state()) {
                    case RUNNING -> Health.up();
                    case STARTING, STOPPED -> Health.outOfService();
                    case FAILED -> Health.down();
                };
        health.withDetail("state", now.state().name().toLowerCase(Locale.ROOT));
        health.withDetail("since", now.since());
        now.lastFailure().ifPresent(failure -> health.withDetail("lastFailure", failure));
        Map<String, Object> troubles = new LinkedHashMap<>();
        dependencies.troubles().forEach((name, trouble) -> troubles.put(name, told(trouble)));
        if (!troubles.isEmpty()) {
            health.withDetail("dependencies", troubles);
        }
        List<Failure> skewed = dependencies.skewed();
        if (!skewed.isEmpty()) {
            health.withDetail("clocks", skewed);
        }
        return health.build();
    }

    private static Map<String, Object> told(Dependencies.Trouble trouble) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("answers", trouble.over().isPresent());
        told.put("lastFailure", trouble.last());
        trouble.over().ifPresent(since -> told.put("answersSince", since));
        return told;
    }

    /**
     * An expected failure at the start is told as it is meant for people, without a stack trace.
     */
    static final class ExpectedFailure extends AbstractFailureAnalyzer<SyncException> {
        @Override
        protected FailureAnalysis analyze(Throwable root, SyncException failure) {
            return new FailureAnalysis(
                    failure.code().id() + " " + failure.getMessage(),
                    failure.code().advice(),
                    root);
        }
    }
}
