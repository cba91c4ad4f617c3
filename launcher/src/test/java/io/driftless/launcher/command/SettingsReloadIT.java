package io.driftless.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.launcher.local.LocalEngineFactory;
import io.driftless.launcher.output.Console;
import io.driftless.launcher.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** The command line on the real engine, while its settings file changes. */
class SettingsReloadIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern RUNS = Pattern.compile("\"runs\":(\\d+)");

    @TempDir Path directory;

    private final Sinks.Empty<Void> interruption = Sinks.empty();

    private Commands commands(ByteArrayOutputStream out) {
        Console console =
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new Terminal(false, 80, false));
        return new Commands(
                new CommandContext(
                        new LocalEngineFactory(Map.of()),
                        console,
                        Map.of("HOME", directory.resolve("home").toString()),
                        directory,
                        InstantSource.system(),
                        Schedulers.parallel(),
                        Schedulers.boundedElastic(),
                        interruption.asMono()));
    }

    private void write(String fullScan) throws IOException {
        Files.writeString(
                directory.resolve("driftless.yaml"),
                """
                driftless:
                  state: state
                  folders:
                    - id: one
                      source: source
                      full-scan: %s
                      targets: [{directory: target}]
                """
                        .formatted(fullScan));
    }

    /** Full scans that ended, as a running system says; -1 where none answers yet. */
    private int runs() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        commands(out).run(List.of("status", "--state", "state", "--json")).block(PATIENCE);
        Matcher runs = RUNS.matcher(out.toString(StandardCharsets.UTF_8));
        return runs.find() ? Integer.parseInt(runs.group(1)) : -1;
    }

    @Test
    void a_source_is_scanned_by_the_schedule_that_is_written_while_it_runs() throws IOException {
        Files.createDirectories(directory.resolve("source"));
        write("0 3 1 1 *");
        Mono<Integer> running =
                commands(new ByteArrayOutputStream())
                        .run(List.of("run", "--config", "driftless.yaml"))
                        .cache();
        running.subscribe();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> runs() == 1);

        write("1s");

        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> runs() >= 3);
        interruption.tryEmitEmpty();
        assertThat(running.block(PATIENCE)).isEqualTo(130);
    }
}
