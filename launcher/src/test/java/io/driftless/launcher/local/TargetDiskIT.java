package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import io.driftless.status.SystemStatus.TargetStatus;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** A disk of one target that is full, or not to be written to: that target waits, and says why. */
@Tag("P6")
@Tag("P9")
class TargetDiskIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int DISK_BYTES = 8 << 20;
    private static final int FILE_BYTES = 3 << 20;

    @TempDir Path directory;
    private Path source;
    private Path disk;
    private Path target;
    private Path otherTarget;
    private StateDirectory state;
    private Engine engine;
    private Disposable running = Disposables.disposed();

    @BeforeEach
    void open() throws Exception {
        source = Files.createDirectories(directory.resolve("source"));
        disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "none", disk.toString()),
                "this process may not mount");
        target = disk.resolve("target");
        otherTarget = directory.resolve("other");
        Files.writeString(source.resolve("edited"), "as it was");
        Files.writeString(source.resolve("deleted"), "until then");
        start();
        await().atMost(PATIENCE).until(() -> engine.status().isConverged());
    }

    private void start() {
        state = StateDirectory.open(directory.resolve("state"));
        var folder =
                new FolderSettings(
                        new FolderId("one"),
                        source,
                        List.of(
                                new TargetSettings(new TargetId("disk"), target, Mode.MIRROR),
                                new TargetSettings(
                                        new TargetId("other"), otherTarget, Mode.MIRROR)),
                        new Schedule.Every(Duration.ofMinutes(10)));
        var settings =
                new RunSettings(
                        state.root(),
                        List.of(folder),
                        new StoreSettings.Directory(),
                        RetentionSettings.DEFAULT,
                        0,
                        GuardSettings.DEFAULT);
        engine =
                Objects.requireNonNull(
                        new LocalEngineFactory(Map.of()).open(settings, state).block(PATIENCE));
        running = engine.run().subscribe();
    }

    @AfterEach
    void close() throws Exception {
        if (engine != null) {
            stop();
        }
        run("umount", "--lazy", disk.toString());
    }

    private void stop() {
        running.dispose();
        engine.close().block(PATIENCE);
        state.close();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }

    private TargetStatus status(int index) {
        return engine.status().folders().getFirst().targets().get(index);
    }

    @Test
    void that_is_full_makes_its_target_wait_until_there_is_room() throws Exception {
        Path theirs = disk.resolve("theirs");
        Files.write(theirs, new byte[DISK_BYTES - FILE_BYTES]);

        Files.write(source.resolve("big"), filled(FILE_BYTES));
        Files.delete(source.resolve("deleted"));

        awaitOtherAloneIsEqual("DL-3003");
        assertThat(target.resolve("big")).doesNotExist();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(target.resolve("deleted")).doesNotExist());
        Files.delete(theirs);
        awaitEqual();
    }

    @Test
    void that_is_read_only_makes_its_target_wait_until_it_can_be_written_to() throws Exception {
        stop();
        assertThat(run("mount", "-o", "remount,ro", disk.toString())).isTrue();
        Files.writeString(source.resolve("edited"), "as it is");
        Files.delete(source.resolve("deleted"));

        start();

        awaitOtherAloneIsEqual("DL-3004");
        assertThat(target.resolve("edited")).hasContent("as it was");
        assertThat(run("mount", "-o", "remount,rw", disk.toString())).isTrue();
        awaitEqual();
    }

    /** Something else was mounted in between, so that it is another mount of the same disk. */
    @Test
    @Tag("P4")
    void that_is_mounted_again_is_gone_on_with_and_not_what_is_below_it() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path between = Files.createDirectory(directory.resolve("between"));
        assertThat(run("mount", "--bind", disk.toString(), elsewhere.toString())).isTrue();
        try {
            assertThat(run("umount", "--lazy", disk.toString())).isTrue();
            assertThat(run("mount", "-t", "tmpfs", "none", between.toString())).isTrue();
            Files.createDirectory(target);
            Files.writeString(source.resolve("edited"), "as it is");

            awaitOtherAloneIsEqual("DL-3001");
            await().pollDelay(Duration.ofSeconds(3)).until(() -> true); // It is tried meanwhile.
            assertThat(target).isEmptyDirectory();
            Files.delete(elsewhere.resolve("target/deleted"));
            assertThat(run("mount", "--bind", elsewhere.toString(), disk.toString())).isTrue();
            awaitEqual();
        } finally {
            run("umount", "--lazy", elsewhere.toString());
            run("umount", between.toString());
        }
    }

    private static byte[] filled(int bytes) {
        byte[] filled = new byte[bytes];
        Arrays.fill(filled, (byte) 'x');
        return filled;
    }

    private void awaitOtherAloneIsEqual(String code) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> {
                    assertThat(status(1).isConverged()).isTrue();
                    assertThat(status(0).isConverged()).isFalse();
                    assertThat(status(0).problems()).extracting("code").contains(code);
                    assertSame(otherTarget);
                });
    }

    private void awaitEqual() {
        await().atMost(PATIENCE).until(() -> engine.status().isConverged());
        assertSame(target);
    }

    private void assertSame(Path copy) {
        for (String name : List.of("edited", "deleted", "big")) {
            if (Files.exists(source.resolve(name))) {
                assertThat(copy.resolve(name)).hasSameBinaryContentAs(source.resolve(name));
            } else {
                assertThat(copy.resolve(name)).doesNotExist();
            }
        }
    }
}
