package io.driftless.agent;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.disk.Disks;
import io.driftless.adapter.sqlite.SqliteTargetState;
import io.driftless.hosting.Broker;
import io.driftless.hosting.FolderProperties;
import io.driftless.hosting.HostedFlow;
import io.driftless.hosting.HostingConfiguration;
import io.driftless.hosting.KafkaConfiguration;
import io.driftless.hosting.Store;
import io.driftless.hosting.StoreConfiguration;
import io.driftless.hosting.Workers;
import io.driftless.port.BlockCodec;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitSigner;
import io.driftless.port.EventBus;
import io.driftless.port.TargetState;
import io.driftless.port.TargetTree;
import java.time.InstantSource;
import java.util.UUID;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.publisher.Mono;

/** Wires the apply flow of one target. */
@Configuration(proxyBeanMethods = false)
@Import({HostingConfiguration.class, KafkaConfiguration.class, StoreConfiguration.class})
@EnableConfigurationProperties(AgentProperties.class)
class AgentConfiguration {
    private final FolderProperties folder;
    private final AgentProperties settings;
    private final Workers workers;

    AgentConfiguration(FolderProperties folder, AgentProperties settings, Workers workers) {
        this.folder = folder;
        this.settings = settings;
        this.workers = workers;
    }

    @Bean
    TargetTree target() {
        return Disks.target(
                settings.root(), workers.target(), InstantSource.system(), settings.trash());
    }

    /** It only checks: the private key never leaves the transfer service. */
    @Bean
    CommitSigner signer() {
        return Ed25519Signer.checking(settings.publicKeyFile());
    }

    /** The state comes last: it is closed by the flow alone, so nothing may fail after it. */
    @Bean
    HostedFlow.Source flow(TargetTree target, CommitSigner signer, Broker broker, Store store) {
        return () ->
                Mono.zip(broker.open(), store.openToRead())
                        .zipWhen(opened -> state())
                        .map(all -> {
                            var bus = all.getT1().getT1();
                            var objects = all.getT1().getT2();
                            return flow(ports(target, all.getT2(), signer, objects, bus));
                        })
                        .map(flow -> new HostedFlow(flow::run, flow::stopped));
    }

    private Mono<SqliteTargetState> state() {
        return SqliteTargetState.open(
                settings.state().resolve("state.db"),
                UUID.randomUUID().toString(),
                workers.state());
    }

    private AgentContext.Ports ports(
            TargetTree target,
            TargetState state,
            CommitSigner signer,
            BlockStore store,
            EventBus bus) {
        BlockCodec codec = new ZstdBlockCodec();
        StoredPages pages =
                new StoredPages(store, codec, folder.folder(), StoredPages.Limits.DEFAULT);
        return new AgentContext.Ports(target, state, pages, store, codec, signer, bus);
    }

    private ApplyFlow flow(AgentContext.Ports ports) {
        return new ApplyFlow(
                new AgentContext(
                        settings.targetId(),
                        folder.folder(),
                        settings.mode(),
                        ports,
                        settings.settings(),
                        workers.timer(),
                        UUID::randomUUID,
                        new Counters()));
    }
}
