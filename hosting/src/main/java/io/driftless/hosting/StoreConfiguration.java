package io.driftless.hosting;

import io.driftless.adapter.circuit.CircuitBreakerStore;
import io.driftless.adapter.circuit.ProbingStore;
import io.driftless.adapter.dir.DirectoryBlockStore;
import io.driftless.adapter.s3.S3BlockStore;
import io.driftless.port.BlockStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.UnaryOperator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** The block store, from its settings. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoreProperties.class)
public class StoreConfiguration {
    @Bean
    Store store(StoreProperties store, Workers workers, Dependencies dependencies) {
        UnaryOperator<BlockStore> pace = one -> store.paced(one, workers.timer());
        return store.path()
                .map(path -> inDirectory(path, pace, workers, dependencies))
                .orElseGet(() -> inBucket(store.s3(), pace, workers, dependencies));
    }

    private static Store inDirectory(
            Path path, UnaryOperator<BlockStore> pace, Workers workers, Dependencies dependencies) {
        Scheduler io = workers.store();
        Mono<BlockStore> opening =
                Mono.<BlockStore>fromCallable(() ->
                                new ProbingStore(
                                        new DirectoryBlockStore(path, io, InstantSource.system()),
                                        workers.timer()))
                        .subscribeOn(io);
        return new Store(opening.map(pace), Mono.empty(), () -> {}, dependencies);
    }

    private static Store inBucket(
            StoreProperties.S3 s3,
            UnaryOperator<BlockStore> pace,
            Workers workers,
            Dependencies dependencies) {
        S3BlockStore bucket = new S3BlockStore(s3.settings(), workers.store());
        BlockStore patient = new CircuitBreakerStore(new ProbingStore(bucket, workers.timer()));
        return new Store(
                Mono.just(pace.apply(patient)), bucket.prepare(), bucket::close, dependencies);
    }
}
