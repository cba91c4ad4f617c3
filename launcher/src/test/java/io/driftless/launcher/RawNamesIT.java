package io.driftless.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names are bytes: what the virtual machine makes of those that are no text leads elsewhere. */
class RawNamesIT {
    private static final String CAFE = "\"$(printf 'caf\\351')\"";

    @TempDir Path directory;

    @Test
    void a_target_whose_name_is_not_utf8_is_refused_and_no_other_is_made() throws Exception {
        Files.createDirectories(directory.resolve("source"));

        assertRefused("exec \"$@\" --source source --state state --target " + CAFE);

        assertThat(directory).isDirectoryNotContaining("glob:**/caf*");
    }

    @Test
    void nor_is_anything_made_in_a_directory_whose_name_is_not() throws Exception {
        Path here = directory.toAbsolutePath();

        assertRefused(
                "mkdir %1$s && cd %1$s && mkdir source && exec \"$@\" --source source --target copy --state '%2$s'/state"
                        .formatted(CAFE, here));

        assertThat(directory.resolve("state")).doesNotExist();
    }

    private void assertRefused(String script) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                script,
                                "sh",
                                java.toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                EndlessApplication.class.getName(),
                                "sync")
                        .directory(directory.toFile())
                        .redirectOutput(directory.resolve("out").toFile())
                        .redirectError(directory.resolve("errors").toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
            assertThat(directory.resolve("errors"))
                    .content()
                    .contains("DL-1002")
                    .contains("is not UTF-8");
        } finally {
            process.destroyForcibly();
        }
    }
}
