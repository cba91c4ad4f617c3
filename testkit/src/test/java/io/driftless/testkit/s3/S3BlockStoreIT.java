package io.driftless.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.s3.S3BlockStore;
import io.driftless.adapter.s3.S3Settings;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.embedded.EmbeddedS3;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.testkit.contract.BlockStoreContract;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

class S3BlockStoreIT extends BlockStoreContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectKey KEY = new ObjectKey("f/a/b");
    private static final List<ByteBuffer> BYTES = List.of(ByteBuffer.wrap(new byte[] {1}));

    @TempDir private static Path directory;
    private static EmbeddedS3 server;
    private static S3BlockStore store;

    @BeforeAll
    static void start() {
        server = EmbeddedS3.start(directory, 0);
        store = open(settings("driftless-test", "pre/fix", true));
        store.prepare().block(PATIENCE);
    }

    @AfterAll
    static void stop() {
        store.close();
        server.close();
    }

    @Override
    protected BlockStore store() {
        return store;
    }

    @Test
    void prepares_a_bucket_that_is_there_already() {
        store.prepare().block(PATIENCE);

        assertThat(store.list("f/none/").collectList().block(PATIENCE)).isEmpty();
    }

    @Test
    void keeps_what_has_another_prefix_apart() {
        try (S3BlockStore other = open(settings("driftless-test", "", true))) {
            store.put(KEY, BYTES).block(PATIENCE);

            assertThat(other.exists(KEY).block(PATIENCE)).isFalse();
            assertThat(other.exists(new ObjectKey("pre/fix/f/a/b")).block(PATIENCE)).isTrue();
        }
    }

    @Test
    void says_that_the_store_refused_when_the_secret_is_wrong() {
        S3Settings right = settings("driftless-test", "", true);
        S3Settings wrong =
                new S3Settings(
                        right.endpoint(),
                        right.bucket(),
                        "",
                        right.region(),
                        right.accessKey(),
                        "guessed",
                        Optional.empty(),
                        true);
        try (S3BlockStore other = open(wrong)) {
            refuses(() -> other.prepare().block(PATIENCE));
            refuses(() -> other.put(KEY, BYTES).block(PATIENCE));
            refuses(() -> other.get(KEY).block(PATIENCE));
            refuses(() -> other.exists(KEY).block(PATIENCE));
            refuses(() -> other.list("f/").blockLast(PATIENCE));
            refuses(() -> other.delete(KEY).block(PATIENCE));
        }
    }

    @Test
    void says_that_the_store_refused_when_there_is_no_bucket() {
        try (S3BlockStore other = open(settings("no-such-bucket", "", false))) {
            refuses(() -> other.prepare().block(PATIENCE));
            refuses(() -> other.put(KEY, BYTES).block(PATIENCE));
            refuses(() -> other.get(KEY).block(PATIENCE));
        }
    }

    @Test
    void is_unavailable_where_nobody_answers() {
        S3Settings nobody =
                new S3Settings(
                        URI.create("http://127.0.0.1:1"),
                        "driftless-test",
                        "",
                        "us-east-1",
                        "a",
                        "b",
                        Optional.empty(),
                        true);
        try (S3BlockStore other = open(nobody)) {
            failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> other.prepare().block(PATIENCE));
            failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> other.get(KEY).block(PATIENCE));
            failsWith(
                    ErrorCode.DEPENDENCY_UNAVAILABLE, () -> other.put(KEY, BYTES).block(PATIENCE));
            failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> other.exists(KEY).block(PATIENCE));
            failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> other.list("f/").blockLast(PATIENCE));
        }
    }

    private static void refuses(ThrowingCallable call) {
        failsWith(ErrorCode.STORE_REFUSED, call);
    }

    private static void failsWith(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SyncException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static S3BlockStore open(S3Settings settings) {
        return new S3BlockStore(settings, Schedulers.boundedElastic());
    }

    private static S3Settings settings(String bucket, String prefix, boolean createBucket) {
        EmbeddedS3.Address at = server.address();
        return new S3Settings(
                at.endpoint(),
                bucket,
                prefix,
                "us-east-1",
                at.accessKey(),
                at.secretKey(),
                Optional.empty(),
                createBucket);
    }
}
