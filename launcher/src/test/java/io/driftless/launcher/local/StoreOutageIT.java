package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.launcher.embedded.EmbeddedS3;
import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.settings.FolderSettings;
import io.driftless.launcher.settings.GuardSettings;
import io.driftless.launcher.settings.RetentionSettings;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.settings.StoreSettings;
import io.driftless.launcher.settings.TargetSettings;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.plan.Mode;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;

/**
 * A store that refuses everything while files are queued. Longer and with more files by {@code
 * -Ddriftless.outage.seconds=120 -Ddriftless.outage.files=1000}.
 */
@Tag("P6")
class StoreOutageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int SECONDS = Integer.getInteger("driftless.outage.seconds", 5);
    private static final int LARGE_BYTES = 9 << 20;
    private static final int FILES = Integer.getInteger("driftless.outage.files", 200);

    /** Requests that were under way when the first was refused. */
    private static final int UNDER_WAY = 48;

    @TempDir Path directory;
    private Path source;
    private Path target;
    private EmbeddedS3 s3;
    private Gateway gateway;
    private StateDirectory state;
    private Engine engine;

    @BeforeEach
    void open() throws IOException {
        source = Files.createDirectories(directory.resolve("source"));
        target = directory.resolve("target");
        write("before", FILES);
        s3 = EmbeddedS3.start(directory.resolve("s3"), 0);
        gateway = new Gateway(s3.address().endpoint());
        state = StateDirectory.open(directory.resolve("state"));
        var copy = new TargetSettings(new TargetId("copy"), target, Mode.MIRROR);
        var store =
                new StoreSettings.S3(
                        "bucket",
                        "",
                        Optional.of(gateway.endpoint().toString()),
                        Optional.of("us-east-1"));
        var settings =
                new RunSettings(
                        state.root(),
                        List.of(new FolderSettings(new FolderId("one"), source, List.of(copy))),
                        store,
                        RetentionSettings.DEFAULT,
                        0,
                        GuardSettings.DEFAULT);
        Map<String, String> keys =
                Map.of(
                        "AWS_ACCESS_KEY_ID",
                        s3.address().accessKey(),
                        "AWS_SECRET_ACCESS_KEY",
                        s3.address().secretKey());
        engine =
                Objects.requireNonNull(
                        new LocalEngineFactory(keys).open(settings, state).block(PATIENCE));
    }

    @AfterEach
    void close() {
        engine.close().block(PATIENCE);
        state.close();
        gateway.close();
        s3.close();
    }

    private void write(String name, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Files.writeString(source.resolve(name + i), name + " " + i);
        }
    }

    /** One that an agent writes block by block. */
    private void writeLarge(String name) throws IOException {
        byte[] bytes = new byte[LARGE_BYTES];
        new Random(name.hashCode()).nextBytes(bytes);
        Files.write(source.resolve(name + "-large"), bytes);
    }

    private FolderStatus status() {
        return engine.status().folders().getFirst();
    }

    @ParameterizedTest
    @ValueSource(ints = {503, 403})
    void is_left_in_peace_and_work_goes_on_when_it_is_back(int refusal) throws Exception {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Disposable running = engine.run().subscribe(_ -> {}, failures::add);
        await().atMost(PATIENCE).until(() -> isThere("before") && engine.status().isConverged());

        gateway.refuse(HttpResponseStatus.valueOf(refusal));
        write("queued", FILES);
        writeLarge("queued");
        await().atMost(PATIENCE).until(() -> gateway.refused() > 0);
        Thread.sleep(Duration.ofSeconds(SECONDS));

        int refused = gateway.refused();
        assertThat(refused).isBetween(1, UNDER_WAY + SECONDS);
        assertThat(engine.status().isConverged()).isFalse();
        assertThat(status().targets().getFirst().deviations()).isEmpty();

        gateway.handOn();
        Instant back = Instant.now();
        await().atMost(PATIENCE).until(() -> isThere("queued") && engine.status().isConverged());
        assertThat(Files.mismatch(source.resolve("queued-large"), target.resolve("queued-large")))
                .isEqualTo(-1);
        System.out.printf(
                "status %d for %d s under %d files: %d requests refused, converged %.1f s later%n",
                refusal,
                SECONDS,
                FILES,
                refused,
                Duration.between(back, Instant.now()).toMillis() / 1000.0);
        running.dispose();
        assertThat(failures).isEmpty();
    }

    private boolean isThere(String name) throws IOException {
        for (int i = 0; i < FILES; i++) {
            Path copy = target.resolve(name + i);
            if (!Files.exists(copy) || !Files.readString(copy).equals(name + " " + i)) {
                return false;
            }
        }
        return true;
    }
}
