package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.error.ErrorCode;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.engine.Deviation;
import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.engine.SyncOutcome;
import io.driftless.launcher.settings.SampleSettings;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.reconciler.Schedule;
import io.driftless.status.Ask;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.tree.FolderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;

/** All of it in one process: embedded servers, every flow, one target. */
class LocalEngineIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Within this it is said what is away, and that it is back. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final int FILES = 50;

    /** Each file holds {@code file NN}. */
    private static final long BYTES = 7L * FILES;

    /** More than is read within a scan. */
    private static final int LARGE_BYTES = 65 << 20;

    /** With the root. */
    private static final int ENTRIES = FILES + 1;

    @TempDir Path directory;
    private Path source;
    private Path target;
    private StateDirectory state;
    private Engine engine;

    @BeforeEach
    void open() throws IOException {
        source = Files.createDirectories(directory.resolve("source"));
        target = directory.resolve("target");
        for (int i = 0; i < FILES; i++) {
            Files.writeString(source.resolve("f" + i), "file " + (10 + i));
        }
        start();
    }

    /** One life of the system. */
    private void start() {
        state = StateDirectory.open(directory.resolve("state"));
        var settings = SampleSettings.mirror(state.root(), source, target);
        engine =
                Objects.requireNonNull(
                        new LocalEngineFactory(Map.of()).open(settings, state).block(PATIENCE));
    }

    @AfterEach
    void close() {
        engine.close().block(PATIENCE);
        state.close();
    }

    private FolderStatus status() {
        return engine.status().folders().getFirst();
    }

    @Test
    void brings_a_target_up_to_date_once_and_says_what_it_took() {
        SyncOutcome outcome = Objects.requireNonNull(engine.sync().block(PATIENCE));

        assertThat(outcome.isConverged()).isTrue();
        assertThat(target.resolve("f49")).hasContent("file 59");
        assertThat(outcome.bytesReadAtSource()).isGreaterThanOrEqualTo(2 * BYTES);
        assertThat(outcome.bytesStored()).isGreaterThan(BYTES);
        assertThat(status().runs()).isEqualTo(1);
    }

    /** Somebody copied it there before, or the index was lost: nothing of it is fetched. */
    @Test
    void takes_over_what_is_at_the_target_already() throws IOException {
        Files.createDirectories(target);
        for (int i = 0; i < FILES; i++) {
            Files.writeString(target.resolve("f" + i), "file " + (10 + i));
        }
        Files.writeString(target.resolve("extra"), "extra");

        SyncOutcome outcome = Objects.requireNonNull(engine.sync().block(PATIENCE));

        assertThat(outcome.isConverged()).isTrue();
        assertThat(outcome.targets().getFirst().bytesFetched()).isZero();
        assertThat(target.resolve("extra")).doesNotExist();
        try (Stream<Path> trashed = Files.walk(target.resolve(".driftless/trash"))) {
            assertThat(trashed.filter(Files::isRegularFile).map(Path::getFileName))
                    .containsExactly(Path.of("extra"));
        }
    }

    /** P4: the wrong directory was named. */
    @Test
    void asks_before_a_mirror_loses_much_that_was_never_put_there() throws IOException {
        Path photos = Files.createDirectories(target.resolve("photos"));
        for (int i = 0; i < 2 * FILES; i++) {
            Files.writeString(photos.resolve("p" + i), "picture " + i);
        }

        SyncOutcome outcome = Objects.requireNonNull(engine.sync().block(PATIENCE));

        assertThat(outcome.isWaiting()).isTrue();
        assertThat(target.resolve("f49")).hasContent("file 59");
        assertThat(photos.resolve("p7")).exists();
        ApprovalId held = new ApprovalId(outcome.parked().getFirst().id());
        close();
        start();
        assertThat(engine.decide(held, Decision.APPROVED).block(PATIENCE)).isTrue();
        SyncOutcome after = Objects.requireNonNull(engine.sync().block(PATIENCE));
        assertThat(after.isWaiting()).isFalse();
        assertThat(after.isConverged()).isTrue();
        assertThat(photos).doesNotExist();
    }

    /** They are read in a lane of their own, which goes on when the scan is over. */
    @Test
    void ends_when_large_files_are_there_too() throws IOException {
        for (int i = 0; i < 4; i++) {
            writeRandom(source.resolve("large" + i), LARGE_BYTES, i);
        }

        SyncOutcome outcome = Objects.requireNonNull(engine.sync().block(PATIENCE));

        assertThat(outcome.isConverged()).isTrue();
        for (int i = 0; i < 4; i++) {
            assertThat(target.resolve("large" + i))
                    .hasSameBinaryContentAs(source.resolve("large" + i));
        }
    }

    @Test
    void says_which_files_were_one_at_the_source() throws IOException {
        Files.createLink(source.resolve("g"), source.resolve("f7"));

        SyncOutcome outcome = Objects.requireNonNull(engine.sync().block(PATIENCE));

        assertThat(outcome.isConverged()).isTrue();
        assertThat(target.resolve("g")).hasContent("file 17");
        Deviation group = Objects.requireNonNull(engine.deviations().blockLast(PATIENCE));
        assertThat(group.code()).isEqualTo(ErrorCode.HARD_LINKED);
        assertThat(group.kind()).isEqualTo(Deviation.Kind.SEPARATE);
        assertThat(group.path()).hasToString("f7");
    }

    private static void writeRandom(Path file, int bytes, int seed) throws IOException {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        Files.write(file, content);
    }

    private void awaitFirstScan() {
        await().atMost(PATIENCE)
                .until(() ->
                        status().runs() == 1
                                && status().looked() >= ENTRIES
                                && status().entries() == ENTRIES
                                && engine.status().isConverged());
    }

    @Test
    void scans_source_and_target_when_it_is_asked_to() throws IOException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Disposable running = engine.run().subscribe(_ -> {}, failures::add);
        awaitFirstScan();

        for (int scan = 1; scan <= 2; scan++) {
            Files.delete(target.resolve("f" + scan));
            engine.ask(Ask.SCAN).block(PATIENCE);

            Path lost = target.resolve("f" + scan);
            await().atMost(PATIENCE).until(() -> Files.exists(lost));
            int runs = scan + 1;
            await().atMost(PATIENCE).until(() -> status().runs() == runs);
        }
        running.dispose();
        assertThat(failures).isEmpty();
    }

    /** Its status is asked of memory, which would go on to be what it was. */
    @Test
    void says_that_its_database_is_away_and_that_it_is_back() throws Exception {
        Disposable running = engine.run().subscribe(_ -> {}, _ -> {});
        awaitFirstScan();
        String pid = Files.readAllLines(state.postgres().resolve("data/postmaster.pid")).getFirst();
        ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        List<ProcessHandle> all = Stream.concat(Stream.of(server), server.descendants()).toList();

        signal("STOP", all); // One that is killed is started again at once.
        try {
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(status().problems())
                                    .singleElement()
                                    .satisfies(problem -> {
                                        assertThat(problem.code()).isEqualTo("DL-4001");
                                        assertThat(problem.message()).contains("PostgreSQL");
                                    }));
            assertThat(status().isConverged()).isFalse();
        } finally {
            signal("CONT", all);
        }

        await().atMost(SOON).until(() -> status().problems().isEmpty());
        await().atMost(PATIENCE).until(() -> status().isConverged());
        running.dispose();
    }

    private static void signal(String name, List<ProcessHandle> processes) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(one -> command.add(String.valueOf(one.pid())));
        new ProcessBuilder(command).start().waitFor();
    }

    @Test
    void scans_the_source_by_another_schedule_when_it_is_told_to() {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Disposable running = engine.run().subscribe(_ -> {}, failures::add);
        awaitFirstScan();
        assertThat(status().nextScan().orElseThrow())
                .isBetween(Instant.now().plusSeconds(600), Instant.now().plusSeconds(901));

        engine.schedule(new FolderId("one"), new Schedule.Every(Duration.ofSeconds(1)));

        await().atMost(PATIENCE).until(() -> status().runs() >= 3);
        running.dispose();
        assertThat(failures).isEmpty();
    }

    @Test
    void reads_the_target_when_it_is_asked_to() throws IOException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Disposable running = engine.run().subscribe(_ -> {}, failures::add);
        awaitFirstScan();

        Instant asked = Instant.now();
        engine.ask(Ask.RESYNC).block(PATIENCE);

        await().atMost(PATIENCE)
                .until(() ->
                        status().runs() == 2
                                && status().targets()
                                        .getFirst()
                                        .proven()
                                        .filter(proven -> !proven.isBefore(asked))
                                        .isPresent());
        running.dispose();
        assertThat(failures).isEmpty();
    }

    /** As one who prints to a pipe that nobody reads. */
    @Test
    void a_listener_who_is_stuck_holds_no_work_up() throws IOException {
        CountDownLatch unstuck = new CountDownLatch(1);
        Disposable listening = engine.changes().subscribe(_ -> awaitQuietly(unstuck));
        Disposable running = engine.run().subscribe(_ -> {}, _ -> {});
        awaitFirstScan();

        Files.writeString(source.resolve("f0"), "another");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(target.resolve("f0")).hasContent("another"));
        unstuck.countDown();
        running.dispose();
        listening.dispose();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void applies_an_edit_without_another_scan() throws IOException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Disposable running = engine.run().subscribe(_ -> {}, failures::add);
        awaitFirstScan();
        long looked = status().looked();

        Files.writeString(source.resolve("f0"), "another");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(target.resolve("f0")).hasContent("another"));
        await().atMost(PATIENCE).until(() -> status().looked() > looked);
        assertThat(status().runs()).isEqualTo(1);
        assertThat(status().looked()).isLessThan(looked + ENTRIES);
        running.dispose();
        assertThat(failures).isEmpty();
    }
}
