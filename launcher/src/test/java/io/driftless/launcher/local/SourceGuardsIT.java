package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.driftless.guard.ApprovalId;
import io.driftless.guard.RemovalLimit;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.settings.FolderSettings;
import io.driftless.launcher.settings.GuardSettings;
import io.driftless.launcher.settings.RetentionSettings;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.settings.StoreSettings;
import io.driftless.launcher.settings.TargetSettings;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.plan.Mode;
import io.driftless.reconciler.Schedule;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;

/**
 * P4 with everything real: two folders, of which one loses its source in all the ways there are.
 */
@Tag("P4")
class SourceGuardsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FILES = 200;

    @TempDir Path directory;
    private Path source;
    private Path target;
    private Path otherSource;
    private Path otherTarget;
    private StateDirectory state;
    private Engine engine;
    private Disposable running = Disposables.disposed();

    @BeforeEach
    void open() throws IOException {
        source = Files.createDirectories(directory.resolve("source"));
        otherSource = Files.createDirectories(directory.resolve("other"));
        target = directory.resolve("target");
        otherTarget = directory.resolve("other target");
        Files.createDirectories(source.resolve("d"));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(source.resolve("d/f" + i), "file " + i);
        }
        start(GuardSettings.DEFAULT);
        awaitEqual();
    }

    private void start(GuardSettings guards) {
        state = StateDirectory.open(directory.resolve("state"));
        var settings =
                new RunSettings(
                        state.root(),
                        List.of(
                                folder("one", source, target),
                                folder("two", otherSource, otherTarget)),
                        new StoreSettings.Directory(),
                        RetentionSettings.DEFAULT,
                        0,
                        guards);
        engine =
                Objects.requireNonNull(
                        new LocalEngineFactory(Map.of()).open(settings, state).block(PATIENCE));
        running = engine.run().subscribe();
    }

    private static FolderSettings folder(String id, Path from, Path to) {
        return new FolderSettings(
                new FolderId(id),
                from,
                List.of(new TargetSettings(new TargetId(id), to, Mode.MIRROR)),
                new Schedule.Every(Duration.ofSeconds(2)));
    }

    @AfterEach
    void close() {
        running.dispose();
        engine.close().block(PATIENCE);
        state.close();
    }

    private FolderStatus status() {
        return engine.status().folders().getFirst();
    }

    private static TreeSet<String> names(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.map(path -> root.relativize(path).toString())
                    .filter(name -> !name.startsWith(".driftless"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private void awaitEqual() {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    assertThat(names(target)).isEqualTo(names(source));
                    assertThat(engine.status().isConverged()).isTrue();
                });
    }

    private void assertOtherFolderGoesOn(String name) throws IOException {
        Files.writeString(otherSource.resolve(name), "goes on");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(otherTarget.resolve(name)).exists());
    }

    private void awaitState(String word, String code) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> {
                    assertThat(status().state()).isEqualTo(word);
                    assertThat(status().problems()).hasSize(1);
                    assertThat(status().problems().getFirst().code()).isEqualTo(code);
                });
    }

    private void awaitParked() {
        await().atMost(PATIENCE).until(() -> status().isWaiting());
    }

    /** Other folders are scanned whatever became of this one, and as often. */
    private void awaitScans() {
        long before = otherScans();
        await().atMost(PATIENCE).until(() -> otherScans() >= before + 3);
    }

    private long otherScans() {
        return engine.status().folders().getLast().runs();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }

    @Test
    void a_source_that_was_moved_away_and_one_in_its_place_remove_nothing() throws Exception {
        TreeSet<String> all = names(target);
        Path away = directory.resolve("source.away");
        Files.move(source, away);
        awaitState("root-lost", "DL-3001");
        assertOtherFolderGoesOn("while it is away");

        Files.createDirectory(source);
        assertOtherFolderGoesOn("while another is in its place");
        awaitScans();
        assertThat(names(target)).isEqualTo(all);

        Files.delete(source);
        Files.move(away, source);
        Files.writeString(source.resolve("d/new"), "after");
        awaitEqual();
    }

    @Test
    void what_was_deleted_fast_waits_and_goes_when_it_is_approved() throws Exception {
        TreeSet<String> all = names(target);

        assertThat(run("rm", "-rf", source.resolve("d").toString())).isTrue();
        Files.writeString(source.resolve("new"), "goes on");
        awaitParked();
        await().atMost(PATIENCE).until(() -> Files.exists(target.resolve("new")));
        awaitScans();
        TreeSet<String> kept = names(target);
        assertThat(kept.stream().filter(all::contains).count()).isGreaterThan(FILES * 3 / 4);

        for (var parked : status().parked()) {
            assertThat(
                            engine.decide(new ApprovalId(parked.id()), Decision.APPROVED)
                                    .block(PATIENCE))
                    .isTrue();
        }
        awaitEqual();
    }

    @Test
    void what_was_deleted_slowly_is_stopped_at_the_limit_and_is_back_by_itself() throws Exception {
        for (int i = 0; i < FILES; i++) {
            Files.delete(source.resolve("d/f" + i));
            if (i % 10 == 0) {
                await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            }
        }
        awaitParked();
        awaitScans();
        assertThat(names(target).size()).isGreaterThanOrEqualTo(FILES * 3 / 4);

        for (int i = 0; i < FILES; i++) {
            Files.writeString(source.resolve("d/f" + i), "file " + i);
        }
        await().atMost(PATIENCE).until(() -> status().parked().isEmpty());
        awaitEqual();
    }

    @Test
    void mounts_over_the_source_and_below_it_remove_nothing() throws Exception {
        Path below = Files.createDirectory(source.resolve("m"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "tmpfs", below.toString()), "mounts are not permitted");
        try {
            Files.writeString(below.resolve("inside"), "of the mount");
            acceptMounts();
            TreeSet<String> all = names(target);

            assertThat(run("mount", "-t", "tmpfs", "tmpfs", source.toString())).isTrue();
            awaitState("root-lost", "DL-3001");
            awaitScans();
            assertThat(names(target)).isEqualTo(all);
            assertThat(run("umount", source.toString())).isTrue();
            awaitEqual();

            Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
            assertThat(run("mount", "--bind", below.toString(), elsewhere.toString())).isTrue();
            try {
                assertThat(run("umount", below.toString())).isTrue();
                await().atMost(PATIENCE).until(() -> status().skipped().containsKey("DL-2020"));
                assertThat(names(target)).isEqualTo(all);
                assertThat(run("mount", "--bind", elsewhere.toString(), below.toString())).isTrue();
                awaitEqual();
            } finally {
                run("umount", elsewhere.toString());
            }
        } finally {
            run("umount", below.toString());
        }
    }

    /** H4: nothing but the mount tells that it is not a directory like any other. */
    @Test
    void a_bind_mount_of_the_same_file_system_that_goes_away_removes_nothing() throws Exception {
        Path mounted = bindBelow();
        try {
            TreeSet<String> all = names(target);

            assertThat(run("umount", mounted.toString())).isTrue();
            awaitMountIsMissed();
            awaitScans();
            assertThat(names(target)).isEqualTo(all).contains("m/inside");

            assertThat(bind(mounted)).isTrue();
            Files.writeString(mounted.resolve("new"), "after");
            awaitEqual();
        } finally {
            run("umount", mounted.toString());
        }
    }

    @Test
    void a_mount_that_went_away_while_the_database_was_lost_removes_nothing() throws Exception {
        Path mounted = bindBelow();
        try {
            TreeSet<String> all = names(target);

            close();
            assertThat(run("rm", "-rf", directory.resolve("state/postgres").toString())).isTrue();
            assertThat(run("umount", mounted.toString())).isTrue();
            start(GuardSettings.DEFAULT);
            awaitMountIsMissed();
            awaitScans();
            assertThat(names(target)).isEqualTo(all).contains("m/inside");

            assertThat(bind(mounted)).isTrue();
            awaitEqual();
        } finally {
            run("umount", mounted.toString());
        }
    }

    /** Gives a directory of the source where another of the same file system is mounted. */
    private Path bindBelow() throws IOException, InterruptedException {
        Path real = Files.createDirectory(directory.resolve("real"));
        Files.writeString(real.resolve("inside"), "of the mount");
        Path below = Files.createDirectory(source.resolve("m"));
        assumeTrue(bind(below), "mounts are not permitted");
        acceptMounts();
        assertThat(names(target)).contains("m/inside");
        return below;
    }

    private boolean bind(Path below) throws IOException, InterruptedException {
        return run("mount", "--bind", directory.resolve("real").toString(), below.toString());
    }

    private void awaitMountIsMissed() {
        await().atMost(PATIENCE).until(() -> status().skipped().containsKey("DL-2020"));
    }

    /** The directory may have been seen before the mount: then it has to be accepted. */
    private void acceptMounts() {
        close();
        start(new GuardSettings(RemovalLimit.DEFAULT, true));
        awaitEqual();
        close();
        start(GuardSettings.DEFAULT);
        awaitEqual();
    }
}
