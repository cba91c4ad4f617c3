package io.driftless.launcher.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.launcher.engine.Progress;
import io.driftless.launcher.engine.Progress.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressRendererTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    private ProgressRenderer renderer(Terminal terminal) {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new ProgressRenderer(new Console(stream, stream, terminal), () -> now);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static Progress applying(long entries, long bytes) {
        return new Progress(
                Stage.APPLYING,
                0,
                entries,
                OptionalLong.of(1_000),
                bytes,
                OptionalLong.of(100L << 20));
    }

    @Test
    void draws_one_line_again_and_again_on_a_terminal() {
        ProgressRenderer renderer = renderer(new Terminal(true, 80, false));

        renderer.show(applying(100, 10 << 20));
        now = now.plusSeconds(1);
        renderer.show(applying(200, 20 << 20));

        assertThat(said())
                .isEqualTo(
                        "\r\u001b[Kapplying  100 of 1,000 entries  10.0 MiB of 100 MiB"
                                + "\r\u001b[Kapplying  200 of 1,000 entries  20.0 MiB of 100 MiB  10.0 MiB/s  0:08 left");
    }

    @Test
    void never_fills_the_last_column_of_a_terminal() {
        ProgressRenderer renderer = renderer(new Terminal(true, 30, false));

        renderer.show(applying(100, 10 << 20));

        assertThat(said()).isEqualTo("\r\u001b[Kapplying  100 of 1,000 entrie");
    }

    @Test
    void says_a_line_every_five_seconds_elsewhere() {
        ProgressRenderer renderer = renderer(new Terminal(false, 80, false));

        for (int tick = 0; tick <= 60; tick++) {
            renderer.show(applying(tick, 0));
            now = now.plusMillis(200);
        }

        assertThat(said().lines()).hasSize(3).allMatch(line -> line.startsWith("applying  "));
        assertThat(said()).doesNotContain("\r").doesNotContain("\u001b");
    }

    @Test
    void says_a_line_at_once_when_the_stage_changes() {
        ProgressRenderer renderer = renderer(new Terminal(false, 80, false));

        renderer.show(stage(Stage.SCANNING, 5));
        renderer.show(stage(Stage.APPLYING, 7));
        renderer.show(stage(Stage.VERIFYING, 7));

        assertThat(said().lines())
                .containsExactly(
                        "scanning  5 looked at", "applying  7 looked at", "verifying  7 looked at");
    }

    @Test
    void says_nothing_more_while_nothing_moves_or_it_only_watches() {
        ProgressRenderer renderer = renderer(new Terminal(false, 80, false));

        for (int minute = 0; minute < 10; minute++) {
            renderer.show(stage(Stage.WATCHING, minute));
            now = now.plus(Duration.ofMinutes(1));
        }

        assertThat(said().lines()).hasSize(1);
    }

    @Test
    void makes_way_for_other_lines_on_a_terminal() {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Console console = new Console(stream, stream, new Terminal(true, 80, true));

        console.progress("working");
        console.err(Console.Style.BAD, "broken");
        console.err("plain");

        assertThat(said())
                .isEqualTo(
                        "\r\u001b[Kworking\r\u001b[K\u001b[31mbroken\u001b[0m"
                                + System.lineSeparator()
                                + "plain"
                                + System.lineSeparator());
    }

    @Test
    void makes_way_for_those_who_write_past_the_console() {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Console console = new Console(stream, stream, new Terminal(true, 80, false));

        console.progress("working");
        console.errors().print("a warning");

        assertThat(said()).isEqualTo("\r\u001b[Kworking\r\u001b[Ka warning");
    }

    private static Progress stage(Stage stage, long looked) {
        return new Progress(stage, looked, 0, OptionalLong.empty(), 0, OptionalLong.empty());
    }
}
