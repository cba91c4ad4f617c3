package io.driftless.launcher.local;

import io.driftless.adapter.circuit.CircuitBreakerStore;
import io.driftless.adapter.circuit.ProbingStore;
import io.driftless.adapter.dir.DirectoryBlockStore;
import io.driftless.adapter.s3.S3BlockStore;
import io.driftless.adapter.s3.S3Settings;
import io.driftless.error.SyncException;
import io.driftless.launcher.embedded.EmbeddedS3;
import io.driftless.launcher.settings.StoreSettings;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.port.BlockStore;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Opens the block store that the settings name. */
final class Stores {
    private static final String LOCAL_BUCKET = "driftless";

    private Stores() {}

    /**
     * @param refusal why it is not asked now
     * @param server what has to be closed with it
     */
    record Opened(
            BlockStore store, Supplier<Optional<SyncException>> refusal, AutoCloseable server) {}

    static Mono<Opened> open(
            StoreSettings settings,
            StateDirectory state,
            Map<String, String> environment,
            Workers workers) {
        return switch (settings) {
            case StoreSettings.Directory directory ->
                    Mono.fromCallable(() ->
                                    new Opened(
                                            new ProbingStore(
                                                    new DirectoryBlockStore(
                                                            state.store(),
                                                            workers.store(),
                                                            InstantSource.system()),
                                                    workers.timer()),
                                            Optional::empty,
                                            () -> {}))
                            .subscribeOn(workers.store());
            case StoreSettings.LocalS3 local ->
                    Mono.fromCallable(() -> EmbeddedS3.start(state.root().resolve("s3"), 0))
                            .subscribeOn(workers.servers())
                            .flatMap(server -> opened(ofLocal(server.address()), server, workers));
            case StoreSettings.S3 s3 ->
                    Mono.defer(() -> opened(ofBucket(s3, environment), () -> {}, workers));
        };
    }

    private static Mono<Opened> opened(S3Settings settings, AutoCloseable server, Workers workers) {
        S3BlockStore store = new S3BlockStore(settings, workers.store());
        AutoCloseable both =
                () -> {
                    store.close();
                    server.close();
                };
        CircuitBreakerStore patient =
                new CircuitBreakerStore(new ProbingStore(store, workers.timer()));
        return store.prepare().thenReturn(new Opened(patient, patient::refusal, both));
    }

    private static S3Settings ofLocal(EmbeddedS3.Address address) {
        return new S3Settings(
                address.endpoint(),
                LOCAL_BUCKET,
                "",
                "us-east-1",
                address.accessKey(),
                address.secretKey(),
                Optional.empty(),
                true);
    }

    /** Settings of the file win over those of the environment. */
    private static S3Settings ofBucket(StoreSettings.S3 s3, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        s3.endpoint().ifPresent(endpoint -> all.put("AWS_ENDPOINT_URL_S3", endpoint));
        s3.region().ifPresent(region -> all.put("AWS_REGION", region));
        return S3Settings.of("s3://" + s3.bucket() + "/" + s3.prefix(), true, all);
    }
}
