package io.driftless.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.s3.S3BlockStore;
import io.driftless.adapter.s3.S3Patience;
import io.driftless.adapter.s3.S3Settings;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.ObjectKey;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

/** An S3 service at the end of a slow way. */
class SlowS3IT {
    private static final Duration SILENCE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectKey KEY = new ObjectKey("f/a/b");
    private static final int PACK_BYTES = 4 << 20;

    /** The pack takes twice as long as silence may last. */
    private static final int BYTES_PER_SECOND = 1 << 20;

    private SlowServer server;
    private S3BlockStore store;

    @BeforeEach
    void open() throws IOException {
        server = new SlowServer(BYTES_PER_SECOND);
        S3Settings settings =
                new S3Settings(
                        URI.create("http://127.0.0.1:" + server.port()),
                        "bucket",
                        "",
                        "us-east-1",
                        "a",
                        "b",
                        Optional.empty(),
                        false);
        S3Patience patience =
                new S3Patience(Duration.ofSeconds(5), SILENCE, S3Patience.DEFAULT.wholeCall());
        store = new S3BlockStore(settings, patience, Schedulers.boundedElastic());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        server.close();
    }

    @Test
    void takes_a_pack_however_long_the_way_takes() {
        store.put(KEY, List.of(ByteBuffer.allocate(PACK_BYTES))).block(PATIENCE);

        assertThat(server.receivedBytes()).isGreaterThanOrEqualTo(PACK_BYTES);
    }

    @Test
    void gives_a_pack_however_long_the_way_takes() {
        server.holds(PACK_BYTES);

        ByteBuffer pack = store.get(KEY).block(PATIENCE);

        assertThat(pack).isEqualTo(ByteBuffer.allocate(PACK_BYTES));
    }

    @Test
    void is_unavailable_where_an_answer_stops_in_the_middle() {
        server.holds(PACK_BYTES);
        server.stopsAfter(PACK_BYTES / 8);

        assertThatThrownBy(() -> store.get(KEY).block(PATIENCE))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.DEPENDENCY_UNAVAILABLE));
    }

    @Test
    void gives_the_largest_object_an_hour_and_not_for_ever() {
        assertThat(S3Patience.DEFAULT.wholeCall())
                .isBetween(Duration.ofHours(1), Duration.ofMinutes(90));
    }
}
