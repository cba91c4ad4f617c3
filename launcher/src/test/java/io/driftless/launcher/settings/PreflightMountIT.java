package io.driftless.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.plan.Mode;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bind mounts have real paths of their own: no link says that two of them are one. */
class PreflightMountIT {
    @TempDir Path given;

    private final Deque<Path> mounted = new ArrayDeque<>();
    private Path parent;
    private Path source;

    @BeforeEach
    void makeSource() throws IOException {
        parent = Files.createDirectories(given.toRealPath().resolve("parent of it"));
        source = Files.createDirectories(parent.resolve("source"));
    }

    @AfterEach
    void unmount() throws Exception {
        while (!mounted.isEmpty()) {
            assertThat(run("umount", mounted.pop().toString())).isTrue();
        }
    }

    @Test
    void refuses_a_target_or_state_that_is_a_mount_of_the_source_or_in_one() throws Exception {
        Path same = bind(source, "same");

        assertRefused(same, "state", ErrorCode.TARGET_INSIDE_SOURCE);
        assertRefused(same.resolve("new"), "state", ErrorCode.TARGET_INSIDE_SOURCE);
        assertRefused(given.resolve("target"), "same/state", ErrorCode.STATE_INSIDE_TREE);
    }

    @Test
    void refuses_a_target_that_contains_the_source_by_a_mount_of_its_parent() throws Exception {
        assertRefused(bind(parent, "outer"), "state", ErrorCode.SOURCE_INSIDE_TARGET);
    }

    @Test
    void refuses_a_target_that_is_mounted_below_the_source() throws Exception {
        Path target = Files.createDirectories(given.resolve("target"));
        bind(target, "parent of it/source/below");

        assertRefused(target, "state", ErrorCode.TARGET_INSIDE_SOURCE);
    }

    @Test
    void lets_mounts_of_other_directories_through() throws Exception {
        Path other = Files.createDirectories(parent.resolve("source of others"));
        Path target = bind(other, "bound");

        assertThat(check(target, "state").folders()).hasSize(1);
    }

    private Path bind(Path from, String name) throws Exception {
        Path to = Files.createDirectories(given.toRealPath().resolve(name));
        assumeTrue(run("mount", "--bind", from.toString(), to.toString()), "may not mount");
        mounted.push(to);
        return to;
    }

    private void assertRefused(Path target, String state, ErrorCode code) {
        assertThatThrownBy(() -> check(target, state))
                .isInstanceOfSatisfying(
                        SyncException.class, failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessageContaining("mounted under both names");
    }

    private RunSettings check(Path target, String state) {
        var settings =
                new FolderSettings(
                        new FolderId("default"),
                        source,
                        List.of(new TargetSettings(new TargetId("target"), target, Mode.MIRROR)));
        return new Preflight(Map.of()).check(SampleSettings.of(given.resolve(state), settings));
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
}
