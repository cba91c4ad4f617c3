package io.driftless.testkit.s3;

import io.driftless.adapter.s3.S3BlockStore;
import io.driftless.adapter.s3.S3Settings;
import io.driftless.port.BlockStore;
import io.driftless.testkit.contract.BlockStoreContract;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.testcontainers.containers.MinIOContainer;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import reactor.core.scheduler.Schedulers;

/** The same promises, kept by a MinIO of its own process, where Docker is. */
@Testcontainers(disabledWithoutDocker = true)
class MinioContainerIT extends BlockStoreContract {
    @Container
    private static final MinIOContainer SERVER =
            new MinIOContainer("minio/minio:RELEASE.2025-09-07T16-13-09Z");

    private S3BlockStore store;

    @BeforeEach
    void open() {
        S3Settings settings =
                new S3Settings(
                        URI.create(SERVER.getS3URL()),
                        "driftless-test",
                        "",
                        "us-east-1",
                        SERVER.getUserName(),
                        SERVER.getPassword(),
                        Optional.empty(),
                        true);
        store = new S3BlockStore(settings, Schedulers.boundedElastic());
        store.prepare().block(Duration.ofSeconds(30));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected BlockStore store() {
        return store;
    }
}
