package io.driftless.reconciler;

import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.hosting.Broker;
import io.driftless.hosting.FolderProperties;
import io.driftless.hosting.HostedFlow;
import io.driftless.hosting.HostingConfiguration;
import io.driftless.hosting.KafkaConfiguration;
import io.driftless.hosting.Store;
import io.driftless.hosting.StoreConfiguration;
import io.driftless.hosting.Workers;
import io.driftless.hosting.postgres.IndexDatabase;
import io.driftless.hosting.postgres.PostgresConfiguration;
import io.driftless.port.BlockCodec;
import io.driftless.port.BlockStore;
import io.driftless.port.EventBus;
import java.util.UUID;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.publisher.Mono;

/** Wires the reconcile flow. */
@Configuration(proxyBeanMethods = false)
@Import({
    HostingConfiguration.class,
    KafkaConfiguration.class,
    PostgresConfiguration.class,
    StoreConfiguration.class
})
@EnableConfigurationProperties(ReconcileProperties.class)
class ReconcilerConfiguration {
    private final FolderProperties folder;
    private final ReconcileProperties settings;
    private final Workers workers;

    /** The name under which this process takes leases. */
    private final String holder = "reconciler-" + UUID.randomUUID();

    ReconcilerConfiguration(
            FolderProperties folder, ReconcileProperties settings, Workers workers) {
        this.folder = folder;
        this.settings = settings;
        this.workers = workers;
    }

    /** Knows what there is to know while the flow waits for what it needs, too. */
    @Bean
    FleetStatus fleetStatus(Broker broker, IndexDatabase database) {
        return new FleetStatus(
                folder.folder(),
                new FleetStatus.Ports(
                        database.folderIndex(),
                        database.commitLog(),
                        database.parkedRemovals(),
                        database.packIndex(),
                        broker.open(),
                        broker.check(),
                        database.clock()),
                workers.timer(),
                settings.forgetTargetsAfter());
    }

    @Bean
    ApiApplication apiApplication(FleetStatus fleet) {
        return new ApiApplication(fleet, settings.api().listen(), workers.timer());
    }

    @Bean
    HostedFlow.Source flow(Broker broker, IndexDatabase database, Store store, FleetStatus fleet) {
        return () ->
                database.open(folder.folder())
                        .then(Mono.zip(broker.open(), store.openToWrite()))
                        .map(both ->
                                flow(ports(database, both.getT1(), both.getT2()), fleet.orders()))
                        .map(flow -> new HostedFlow(() -> fleet.runs(flow), flow::stopped));
    }

    private ReconcileContext.Ports ports(IndexDatabase database, EventBus bus, BlockStore store) {
        BlockCodec codec = new ZstdBlockCodec();
        return new ReconcileContext.Ports(
                database.folderIndex(),
                database.packIndex(),
                database.commitLog(),
                database.garbageIndex(),
                store,
                new StoredPages(store, codec, folder.folder(), StoredPages.Limits.NO_CACHE),
                codec,
                bus);
    }

    private ReconcileFlow flow(ReconcileContext.Ports ports, StandingOrders orders) {
        return new ReconcileFlow(
                new ReconcileContext(
                        folder.folder(),
                        ports,
                        settings.settings(),
                        settings.garbage(),
                        workers.timer(),
                        UUID::randomUUID,
                        holder,
                        orders));
    }
}
