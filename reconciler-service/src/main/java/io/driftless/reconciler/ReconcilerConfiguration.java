package io.driftless.reconciler;

import io.driftless.hosting.Broker;
import io.driftless.hosting.FolderProperties;
import io.driftless.hosting.HostedFlow;
import io.driftless.hosting.HostingConfiguration;
import io.driftless.hosting.KafkaConfiguration;
import io.driftless.hosting.Workers;
import io.driftless.hosting.postgres.IndexDatabase;
import io.driftless.hosting.postgres.PostgresConfiguration;
import io.driftless.port.EventBus;
import java.util.UUID;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the reconcile flow. */
@Configuration(proxyBeanMethods = false)
@Import({HostingConfiguration.class, KafkaConfiguration.class, PostgresConfiguration.class})
@EnableConfigurationProperties(ReconcileProperties.class)
class ReconcilerConfiguration {
    private final FolderProperties folder;
    private final ReconcileProperties settings;
    private final Workers workers;

    ReconcilerConfiguration(
            FolderProperties folder, ReconcileProperties settings, Workers workers) {
        this.folder = folder;
        this.settings = settings;
        this.workers = workers;
    }

    @Bean
    HostedFlow.Source flow(Broker broker, IndexDatabase database) {
        return () ->
                database.open(folder.folder())
                        .then(broker.open())
                        .map(bus -> flow(database, bus))
                        .map(flow -> HostedFlow.of(flow::run));
    }

    private ReconcileFlow flow(IndexDatabase database, EventBus bus) {
        return new ReconcileFlow(
                folder.folder(),
                database.folderIndex(),
                bus,
                settings.settings(),
                new ReconcileFlow.Clockwork(workers.timer(), UUID::randomUUID));
    }
}
