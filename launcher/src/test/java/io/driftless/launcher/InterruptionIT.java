package io.driftless.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("P8")
class InterruptionIT {
    @TempDir Path directory;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP"})
    void a_signal_stops_the_program_cleanly_with_130(String signal) throws Exception {
        Process process = ready("-Dstuck=false");

        send(signal, process);

        assertThat(process.waitFor(4, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(errorsOf(process)).isEmpty();
    }

    @Test
    void a_signal_ends_a_program_that_cannot_stop_within_some_five_seconds() throws Exception {
        Process process = ready("-Dstuck=true");
        Instant sent = Instant.now();

        send("TERM", process);

        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(Duration.between(sent, Instant.now())).isLessThan(Duration.ofMillis(7_000));
    }

    /** As {@code driftless sync -i | less} has it, while nobody turns the page. */
    @Test
    void a_signal_ends_a_program_whose_output_nobody_reads() throws Exception {
        Process process = ready("-Dchatty=true", "-i");
        await().atMost(Duration.ofSeconds(20)).until(() -> isStuckInOutput(process));
        Instant sent = Instant.now();

        send("TERM", process);

        assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(Duration.between(sent, Instant.now())).isLessThan(Duration.ofSeconds(8));
    }

    /** Half of what a pipe holds; the other half follows at once. */
    private static boolean isStuckInOutput(Process process) throws IOException {
        return process.getInputStream().available() >= 32 << 10;
    }

    /** Runs {@code sync} until it says that it is ready. */
    private Process ready(String option, String... arguments) throws IOException {
        Files.createDirectories(directory.resolve("source"));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                option,
                                "-cp",
                                System.getProperty("java.class.path"),
                                EndlessApplication.class.getName(),
                                "sync",
                                "-q",
                                "--source=source",
                                "--target=target",
                                "--state=state"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectError(directory.resolve("errors").toFile())
                        .start();
        processes.add(process);
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        assertThat(lines.readLine()).isEqualTo("ready");
        return process;
    }

    private static void send(String signal, Process process)
            throws IOException, InterruptedException {
        assertThat(
                        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                                .start()
                                .waitFor())
                .isZero();
    }

    private List<String> errorsOf(Process process) throws IOException {
        assertThat(process.isAlive()).isFalse();
        return Files.readAllLines(directory.resolve("errors"));
    }
}
