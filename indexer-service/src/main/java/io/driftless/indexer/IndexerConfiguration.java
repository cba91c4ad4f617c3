package io.driftless.indexer;

import io.driftless.adapter.disk.Disks;
import io.driftless.hosting.Broker;
import io.driftless.hosting.Dependencies;
import io.driftless.hosting.FolderProperties;
import io.driftless.hosting.HostedFlow;
import io.driftless.hosting.HostingConfiguration;
import io.driftless.hosting.KafkaConfiguration;
import io.driftless.hosting.Workers;
import io.driftless.hosting.postgres.IndexDatabase;
import io.driftless.hosting.postgres.PostgresConfiguration;
import io.driftless.port.EventBus;
import io.driftless.port.TreeReader;
import java.util.UUID;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the index flow. */
@Configuration(proxyBeanMethods = false)
@Import({HostingConfiguration.class, KafkaConfiguration.class, PostgresConfiguration.class})
@EnableConfigurationProperties(IndexProperties.class)
class IndexerConfiguration {
    private final FolderProperties folder;
    private final IndexProperties settings;
    private final Workers workers;

    /** The name under which this process takes leases. */
    private final String holder = "indexer-" + UUID.randomUUID();

    IndexerConfiguration(FolderProperties folder, IndexProperties settings, Workers workers) {
        this.folder = folder;
        this.settings = settings;
        this.workers = workers;
    }

    /** One for the life of the process: the directory that was there at the start is the source. */
    @Bean
    TreeReader source(Dependencies dependencies) {
        TreeReader reader = Disks.reader(folder.sourceDirectory(), workers.source());
        return dependencies.listen("source", TreeReader.class, reader);
    }

    @Bean
    HostedFlow.Source flow(TreeReader source, Broker broker, IndexDatabase database) {
        return () ->
                database.open(folder.folder())
                        .then(broker.open())
                        .map(bus -> flow(source, database, bus))
                        .map(flow -> HostedFlow.of(flow::run));
    }

    private IndexFlow flow(TreeReader source, IndexDatabase database, EventBus bus) {
        return new IndexFlow(
                new IndexContext(
                        folder.folder(),
                        source,
                        database.folderIndex(),
                        database.proofs(),
                        bus,
                        settings.settings(),
                        workers.timer(),
                        holder));
    }
}
