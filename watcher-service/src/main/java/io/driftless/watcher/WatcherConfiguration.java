package io.driftless.watcher;

import io.driftless.adapter.disk.Disks;
import io.driftless.hosting.Broker;
import io.driftless.hosting.FolderProperties;
import io.driftless.hosting.HostedFlow;
import io.driftless.hosting.HostingConfiguration;
import io.driftless.hosting.KafkaConfiguration;
import io.driftless.hosting.Workers;
import io.driftless.port.EventBus;
import io.driftless.port.SourceWatch;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires the watch flow. */
@Configuration(proxyBeanMethods = false)
@Import({HostingConfiguration.class, KafkaConfiguration.class})
@EnableConfigurationProperties(WatchProperties.class)
class WatcherConfiguration {
    private final FolderProperties folder;
    private final WatchProperties settings;
    private final Workers workers;

    WatcherConfiguration(FolderProperties folder, WatchProperties settings, Workers workers) {
        this.folder = folder;
        this.settings = settings;
        this.workers = workers;
    }

    @Bean
    SourceWatch watch() {
        return new WatchAfterGap(
                Disks.watch(folder.sourceDirectory(), settings.maxBufferedEvents()));
    }

    @Bean
    HostedFlow.Source flow(SourceWatch watch, Broker broker) {
        return () ->
                broker.open().map(bus -> flow(watch, bus)).map(flow -> HostedFlow.of(flow::run));
    }

    private WatchFlow flow(SourceWatch watch, EventBus bus) {
        return new WatchFlow(folder.folder(), watch, bus, settings.settings(), workers.timer());
    }
}
