package io.driftless.transfer;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.disk.Disks;
import io.driftless.hosting.Broker;
import io.driftless.hosting.Dependencies;
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
import io.driftless.port.CommitSigner;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.TreeReader;
import java.util.UUID;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.publisher.Mono;

/** Wires the transfer flow. */
@Configuration(proxyBeanMethods = false)
@Import({
    HostingConfiguration.class,
    KafkaConfiguration.class,
    PostgresConfiguration.class,
    StoreConfiguration.class
})
@EnableConfigurationProperties(TransferProperties.class)
class TransferConfiguration {
    private final FolderProperties folder;
    private final TransferProperties settings;
    private final Workers workers;

    /** The name under which this process takes leases. */
    private final String holder = "transfer-" + UUID.randomUUID();

    TransferConfiguration(FolderProperties folder, TransferProperties settings, Workers workers) {
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
    CommitSigner signer() {
        return Ed25519Signer.signing(settings.signingKeyFile());
    }

    @Bean
    HostedFlow.Source flow(
            TreeReader source,
            CommitSigner signer,
            Broker broker,
            IndexDatabase database,
            Store store) {
        return () ->
                database.open(folder.folder())
                        .zipWhen(opened -> Mono.zip(broker.open(), store.openToWrite()))
                        .map(all -> {
                            var bus = all.getT2().getT1();
                            var objects = all.getT2().getT2();
                            return flow(all.getT1(), ports(source, signer, database, bus, objects));
                        })
                        .map(flow -> new HostedFlow(flow::run, flow::stopped));
    }

    private TransferContext.Ports ports(
            TreeReader source,
            CommitSigner signer,
            IndexDatabase database,
            EventBus bus,
            BlockStore store) {
        BlockCodec codec = new ZstdBlockCodec();
        return new TransferContext.Ports(
                source,
                database.folderIndex(),
                database.packIndex(),
                database.commitLog(),
                database.recovery(),
                database.parkedRemovals(),
                store,
                new StoredPages(store, codec, folder.folder(), StoredPages.Limits.DEFAULT),
                codec,
                signer,
                bus);
    }

    private TransferFlow flow(FolderIndex.Folder opened, TransferContext.Ports ports) {
        return new TransferFlow(
                new TransferContext(
                        opened,
                        ports,
                        settings.settings(),
                        workers.timer(),
                        UUID::randomUUID,
                        holder));
    }
}
