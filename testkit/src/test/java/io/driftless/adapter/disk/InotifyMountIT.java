package io.driftless.adapter.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

/** A watch of a directory on which something is mounted: the kernel tells of no such thing. */
@Tag("P6")
class InotifyMountIT {
    @TempDir Path home;
    private Path root;

    @BeforeEach
    void makeRoot() throws Exception {
        root = Files.createDirectories(home.resolve("above/root"));
        assumeTrue(mount(root), "this process may not mount");
        unmount();
    }

    private static boolean mount(Path mountPoint) {
        return run("mount", "-t", "tmpfs", "none", mountPoint.toString());
    }

    @AfterEach
    void unmount() {
        run("umount", root.toString());
        run("umount", root.getParent().toString());
    }

    @Test
    void ends_when_something_is_mounted_on_the_root() {
        assertEnds(root);
    }

    @Test
    void ends_when_something_is_mounted_above_the_root() {
        assertEnds(root.getParent());
    }

    private void assertEnds(Path mountPoint) {
        StepVerifier.create(new InotifyWatch(root, 100).watch().filter(_ -> false))
                .thenAwait(Duration.ofSeconds(1))
                .then(() -> assertThat(mount(mountPoint)).isTrue())
                .expectErrorSatisfies(failure ->
                        assertThat(failure)
                                .isInstanceOfSatisfying(
                                        SyncException.class,
                                        lost ->
                                                assertThat(lost.code())
                                                        .isEqualTo(ErrorCode.ROOT_LOST)))
                .verify(Duration.ofSeconds(20));
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }
}
