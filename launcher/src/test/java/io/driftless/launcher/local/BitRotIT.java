package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.launcher.settings.FolderSettings;
import io.driftless.launcher.settings.GuardSettings;
import io.driftless.launcher.settings.RetentionSettings;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.settings.StoreSettings;
import io.driftless.launcher.settings.TargetChecks;
import io.driftless.launcher.settings.TargetSettings;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.plan.Mode;
import io.driftless.reconciler.Schedule;
import io.driftless.status.Ask;
import io.driftless.status.SystemStatus.TargetStatus;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** Two targets on a disk that loses a bit: no stat tells of it. */
@Tag("P3")
@Tag("P6")
class BitRotIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A file is not read again within a minute after it was written. */
    private static final Duration UNTIL_READ = Duration.ofMinutes(3);

    private static final Duration NEVER = Duration.ofDays(365);

    /** Enough to read both targets in some seconds. */
    private static final long SCRUB = 128L << 20;

    private static final int FILES = 8;
    private static final int FILE_BYTES = 10_000;
    private static final int WHERE = 1_234;

    @TempDir Path directory;
    private LoopDisk disk;
    private Path source;
    private StateDirectory state;
    private Workers workers;
    private LocalFolder folder;
    private LocalEngine engine;
    private Disposable running = Disposables.disposed();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void open() throws Exception {
        source = Files.createDirectories(directory.resolve("source"));
        Random random = new Random(1);
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = new byte[FILE_BYTES];
            random.nextBytes(bytes);
            Files.write(source.resolve("f" + i), bytes);
        }
        disk = LoopDisk.in(directory);
        state = StateDirectory.open(directory.resolve("state"));
        start();
        running = engine.run().subscribe(_ -> {}, failures::add);
        await().atMost(PATIENCE).until(() -> engine.status().isConverged());
    }

    /**
     * As the factory does it, but with the folder at hand: it knows what was read at the source.
     */
    private void start() {
        var settings =
                new RunSettings(
                        state.root(),
                        List.of(
                                new FolderSettings(
                                        new FolderId("one"),
                                        source,
                                        List.of(target(Mode.MIRROR), target(Mode.OVERLAY)),
                                        new Schedule.Every(NEVER))),
                        new StoreSettings.Directory(),
                        RetentionSettings.DEFAULT,
                        0,
                        GuardSettings.DEFAULT,
                        new TargetChecks(NEVER, SCRUB));
        workers = new Workers();
        Servers servers =
                Objects.requireNonNull(
                        Servers.start(settings, state, Map.of(), workers).block(PATIENCE));
        folder =
                Objects.requireNonNull(
                        new FolderWiring(
                                        settings.folders().getFirst(),
                                        settings,
                                        state,
                                        servers,
                                        workers)
                                .open()
                                .block(PATIENCE));
        engine = new LocalEngine(servers, List.of(folder), workers);
    }

    private TargetSettings target(Mode mode) {
        return new TargetSettings(new TargetId(name(mode)), root(mode), mode);
    }

    private static String name(Mode mode) {
        return mode == Mode.MIRROR ? "mirror" : "overlay";
    }

    private Path root(Mode mode) {
        return disk.root().resolve(name(mode));
    }

    @AfterEach
    void close() throws InterruptedException {
        running.dispose();
        if (engine != null) {
            engine.close().block(PATIENCE);
        }
        if (state != null) {
            state.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void a_byte_that_changed_below_the_file_system_is_found_by_reading_and_put_right()
            throws Exception {
        long readBefore = folder.sourceBytes();
        byte[] right = Files.readAllBytes(source.resolve("f3"));
        byte[] rotten = right.clone();
        rotten[WHERE] ^= 1;
        for (Mode mode : Mode.values()) {
            Path file = root(mode).resolve("f3");
            Map<String, Object> before = stat(file);
            disk.flip(file, WHERE);
            assertThat(stat(file)).isEqualTo(before);
            assertThat(file).hasBinaryContent(rotten);
        }

        scan();
        for (TargetStatus target : targets()) {
            assertThat(target.isConverged()).isTrue();
            assertThat(target.checks().drift()).isEmpty();
            assertThat(target.checks().looked()).isGreaterThanOrEqualTo(FILES);
        }

        await().atMost(UNTIL_READ)
                .untilAsserted(() ->
                        assertThat(targets())
                                .allSatisfy(target -> {
                                    assertThat(target.checks().drift())
                                            .isEqualTo(Map.of("content", 1L));
                                    assertThat(target.checks().bytesProven()).isPositive();
                                    assertThat(target.isConverged()).isTrue();
                                }));
        for (Mode mode : Mode.values()) {
            assertEqual(root(mode));
            assertThat(trashed(root(mode)))
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasBinaryContent(rotten));
        }
        assertThat(folder.sourceBytes()).isEqualTo(readBefore);
        assertThat(failures).isEmpty();
    }

    /** By stat, of source and targets. */
    private void scan() {
        Instant asked = Instant.now();
        engine.ask(Ask.SCAN).block(PATIENCE);
        await().atMost(PATIENCE)
                .until(() ->
                        folder.runs() == 2
                                && targets().stream()
                                        .allMatch(target ->
                                                target.checks()
                                                        .scanned()
                                                        .filter(at -> !at.isBefore(asked))
                                                        .isPresent()));
    }

    private List<TargetStatus> targets() {
        return engine.status().folders().getFirst().targets();
    }

    private static Map<String, Object> stat(Path file) throws IOException {
        return Files.readAttributes(
                file, "unix:size,lastModifiedTime,ctime,ino,mode,uid,gid,nlink");
    }

    private void assertEqual(Path target) {
        for (int i = 0; i < FILES; i++) {
            assertThat(target.resolve("f" + i)).hasSameBinaryContentAs(source.resolve("f" + i));
        }
    }

    private static List<Path> trashed(Path target) throws IOException {
        try (Stream<Path> all = Files.walk(target.resolve(".driftless/trash"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
