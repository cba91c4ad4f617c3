package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.settings.FolderSettings;
import io.driftless.launcher.settings.GuardSettings;
import io.driftless.launcher.settings.RetentionSettings;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.settings.StoreSettings;
import io.driftless.launcher.settings.TargetSettings;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.plan.Mode;
import io.driftless.status.Ask;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;

/** The store loses packs while the source is away, and one target has what another one needs. */
@Tag("P6")
class LostBlocksIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The store is looked after often where little grace is given. */
    private static final RetentionSettings OFTEN =
            new RetentionSettings(Duration.ofHours(24), 100, Duration.ofSeconds(10));

    /** Of many blocks, whose names are in a list of their own. */
    private static final int LARGE_BYTES = 48 << 20;

    @TempDir Path directory;
    private Path source;
    private Path one;
    private Path other;
    private StateDirectory state;
    private Engine engine;
    private Disposable running;

    @BeforeEach
    void start() throws IOException {
        source = Files.createDirectories(directory.resolve("source"));
        one = directory.resolve("one");
        other = directory.resolve("other");
        for (int i = 0; i < 20; i++) {
            write("f" + i, 20_000, i);
        }
        write("large", LARGE_BYTES, 99);
        state = StateDirectory.open(directory.resolve("state"));
        List<TargetSettings> targets =
                List.of(
                        new TargetSettings(new TargetId("one"), one, Mode.MIRROR),
                        new TargetSettings(new TargetId("other"), other, Mode.MIRROR));
        var settings =
                new RunSettings(
                        state.root(),
                        List.of(new FolderSettings(new FolderId("docs"), source, targets)),
                        new StoreSettings.Directory(),
                        OFTEN,
                        0,
                        GuardSettings.DEFAULT);
        engine =
                Objects.requireNonNull(
                        new LocalEngineFactory(Map.of()).open(settings, state).block(PATIENCE));
        running = engine.run().subscribe();
        awaitEqual();
    }

    @AfterEach
    void close() {
        running.dispose();
        engine.close().block(PATIENCE);
        state.close();
    }

    private void write(String name, int size, int seed) throws IOException {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        Files.write(source.resolve(name), bytes);
    }

    private void awaitEqual() {
        await().atMost(PATIENCE).until(() -> engine.status().isConverged());
    }

    private List<Path> stored(String kind) throws IOException {
        Path area = state.root().resolve("store/f/docs").resolve(kind);
        if (!Files.exists(area)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(area)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void what_one_target_needs_comes_back_from_the_other() throws Exception {
        Path away = directory.resolve("source.away");
        Files.move(source, away);
        for (Path pack : stored("packs")) {
            Files.delete(pack);
        }
        Files.delete(one.resolve("f7"));
        Files.delete(one.resolve("large"));
        engine.ask(Ask.SCAN).block(PATIENCE);

        for (String name : List.of("f7", "large")) {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() ->
                            assertThat(one.resolve(name))
                                    .hasSameBinaryContentAs(away.resolve(name)));
        }
        await().atMost(PATIENCE).until(() -> stored("returned").isEmpty());

        Files.move(away, source);
        Files.writeString(source.resolve("new"), "after");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(one.resolve("new")).hasContent("after"));
        awaitEqual();
        assertThat(other.resolve("new")).hasContent("after");
    }
}
