package io.driftless.launcher.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    @TempDir Path directory;

    @Test
    void is_made_for_its_owner_alone() throws IOException {
        try (StateDirectory state = StateDirectory.open(directory.resolve("a/b"))) {
            assertThat(Files.getPosixFilePermissions(state.root()))
                    .containsExactlyInAnyOrder(
                            PosixFilePermission.OWNER_READ,
                            PosixFilePermission.OWNER_WRITE,
                            PosixFilePermission.OWNER_EXECUTE);
            assertThat(state.target(new TargetId("nas")).getParent()).isDirectory();
            assertThat(state.target(new TargetId("nas")))
                    .isEqualTo(directory.resolve("a/b/targets/nas/state.db"));
        }
    }

    @Test
    void belongs_to_one_process_at_a_time_and_says_to_which() {
        try (StateDirectory first = StateDirectory.open(directory)) {
            assertThat(first.root()).isEqualTo(directory);
            assertRefused(
                    ErrorCode.STATE_IN_USE,
                    "in use by process " + ProcessHandle.current().pid() + ".");
        }
        StateDirectory.open(directory).close();
    }

    @Test
    void refuses_the_layout_of_a_later_version() throws IOException {
        StateDirectory.open(directory).close();
        Files.writeString(directory.resolve("version"), "2\n");

        assertRefused(ErrorCode.STATE_CORRUPT, directory.resolve("version") + " says layout '2'");
    }

    @Test
    void opens_again_after_a_kill_while_its_version_was_first_written() throws IOException {
        Files.createFile(directory.resolve("version"));

        StateDirectory.open(directory).close();

        assertThat(directory.resolve("version")).hasContent("1");
    }

    @Test
    void names_the_file_that_cannot_be_read() throws IOException {
        Files.createDirectories(directory.resolve("lock"));

        assertRefused(ErrorCode.STATE_CORRUPT, directory.resolve("lock").toString());
    }

    @Test
    void refuses_a_file_in_its_place() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> StateDirectory.open(file))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageContaining(file.toString());
    }

    @Test
    void is_free_again_after_a_refusal() throws IOException {
        Files.writeString(directory.resolve("version"), "2\n");
        assertRefused(ErrorCode.STATE_CORRUPT, "layout");
        Files.delete(directory.resolve("version"));

        StateDirectory.open(directory).close();
    }

    private void assertRefused(ErrorCode code, String message) {
        assertThatThrownBy(() -> StateDirectory.open(directory))
                .isInstanceOfSatisfying(
                        SyncException.class, failure -> assertThat(failure.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
