package io.driftless.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** With the status server that listens on loopback. */
class RunCommandIT extends CommandLineFixture {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Mono<Integer> running(String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "run",
                                "--source",
                                "source",
                                "--target",
                                "target",
                                "--state",
                                "state"));
        arguments.addAll(List.of(more));
        Mono<Integer> running = commands().run(arguments).cache();
        running.subscribe();
        return running;
    }

    @Test
    void runs_until_interrupted_and_tells_its_status_meanwhile() {
        Path address = directory.resolve("state/status");
        Mono<Integer> running = running();
        await().atMost(PATIENCE)
                .until(() ->
                        out().contains("ready")
                                && err().stream().anyMatch(line -> line.startsWith("status at ")));

        assertThat(run("status", "--state", "state", "--json")).isZero();
        assertThat(out()).anyMatch(line -> line.startsWith("{\"driftless\":\"1\",\"pid\":4711,"));

        interruption.tryEmitEmpty();
        assertThat(running.block(PATIENCE)).isEqualTo(130);
        assertThat(engine.closed).hasValue(1);
        assertThat(address).doesNotExist();
    }

    @Test
    void itemizes_what_happens() {
        Mono<Integer> running = running("-i");
        await().atMost(PATIENCE)
                .until(() -> engine.changes.tryEmitNext(created("a", "target")).isSuccess());

        interruption.tryEmitEmpty();
        running.block(PATIENCE);

        assertThat(out()).contains(">f+++++++++ a");
    }

    @Test
    void ends_with_the_failure_that_stopped_it() {
        engine.run =
                Mono.error(new SyncException(ErrorCode.SIGNATURE_INVALID, "Commit 7 is forged."));

        assertThat(running().block(PATIENCE)).isEqualTo(1);
        assertThat(err())
                .anyMatch(line -> line.startsWith("driftless: DL-3006 Commit 7 is forged. "));
    }
}
