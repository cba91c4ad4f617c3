package io.driftless.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.engine.Progress;
import io.driftless.launcher.engine.SyncOutcome;
import io.driftless.launcher.engine.SyncOutcome.TargetOutcome;
import io.driftless.launcher.settings.FolderSettings;
import io.driftless.launcher.settings.StoreSettings;
import io.driftless.launcher.settings.TargetChecks;
import io.driftless.plan.Mode;
import io.driftless.reconciler.Schedule;
import io.driftless.status.Parked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class SyncCommandTest extends CommandLineFixture {
    private static final SyncOutcome CONVERGED = outcome(0);

    private static SyncOutcome outcome(long deviations) {
        return new SyncOutcome(
                List.of(new TargetOutcome(FOLDER, TARGET, 7, 20_001, 12, 4_096, 1_024, deviations)),
                List.of(),
                8_192,
                2_048);
    }

    @Test
    void says_with_its_exit_status_that_nothing_but_an_approval_is_missing() {
        var waiting =
                new Parked(
                        "0123456789ab",
                        Parked.WAITING,
                        "DL-3020",
                        60,
                        61,
                        Instant.EPOCH,
                        List.of("d/f"),
                        Optional.empty());
        engine.sync =
                Mono.just(new SyncOutcome(outcome(0).targets(), List.of(waiting), 8_192, 2_048));

        assertThat(runOnFolder("sync")).isEqualTo(3);
        assertThat(String.join("\n", err()))
                .contains("DL-3020 60 removals wait for approval")
                .contains("d/f");

        engine.sync =
                Mono.just(new SyncOutcome(outcome(2).targets(), List.of(waiting), 8_192, 2_048));
        assertThat(runOnFolder("sync")).isEqualTo(1);
    }

    @Test
    void decides_on_removals_before_it_begins() {
        assertThat(runOnFolder("sync", "--approve", "0123456789ab")).isZero();
        assertThat(engine.decided).containsExactly("0123456789ab APPROVED");

        assertThat(runOnFolder("sync", "--reject", "ffffffffffff")).isEqualTo(2);
        assertThat(String.join("\n", err())).contains("DL-1020");

        assertThat(runOnFolder("sync", "--approve", "all")).isEqualTo(2);
    }

    @Test
    void says_ready_then_how_each_target_stands() {
        engine.sync = Mono.just(CONVERGED);

        int status = runOnFolder("sync");

        assertThat(status).isZero();
        assertThat(out().getFirst()).isEqualTo("ready");
        assertThat(out().get(1))
                .isEqualTo(
                        "target: converged at commit 7, 20,001 entries; 12 changed, 4.00 KiB written, 1.00 KiB fetched");
        assertThat(out().get(2)).startsWith("converged in ");
    }

    @Test
    void is_ready_only_when_the_engine_is_open() {
        engine.opening =
                Mono.error(new SyncException(ErrorCode.START_FAILED, "Kafka did not start."));

        int status = runOnFolder("sync");

        assertThat(status).isEqualTo(1);
        assertThat(out()).isEmpty();
        assertThat(err())
                .singleElement()
                .asString()
                .startsWith("driftless: DL-4006 Kafka did not start. ");
    }

    @Test
    void names_each_deviating_path_with_its_code_when_it_does_not_converge() {
        engine.sync = Mono.just(outcome(2));
        engine.deviations = Flux.just(missing("a/b"), missing("line%0Aend"));

        int status = runOnFolder("sync");

        assertThat(status).isEqualTo(1);
        assertThat(err())
                .contains(
                        "DL-2007 target: missing a/b: no block",
                        "DL-2007 target: missing line%0Aend: no block")
                .anyMatch(line ->
                        line.startsWith("driftless: DL-3009 1 of 1 targets did not converge."));
    }

    @Test
    void says_what_the_source_could_not_give_even_when_it_converged() {
        engine.sync = Mono.just(CONVERGED);
        engine.deviations = Flux.just(missing("x"));

        assertThat(runOnFolder("sync")).isZero();
        assertThat(err()).contains("DL-2007 target: missing x: no block");
    }

    @Test
    void itemizes_changes_as_they_happen_when_asked() {
        engine.sync =
                Mono.fromCallable(() -> {
                    engine.changes.tryEmitNext(created("a", "target"));
                    return CONVERGED;
                });

        runOnFolder("sync", "-i");

        assertThat(out()).contains(">f+++++++++ a");
    }

    @Test
    void itemizes_nothing_when_not_asked() {
        engine.sync =
                Mono.fromCallable(() -> {
                    engine.changes.tryEmitNext(created("a", "target"));
                    return CONVERGED;
                });

        runOnFolder("sync");

        assertThat(out()).noneMatch(line -> line.contains("+++++++++"));
    }

    @Test
    void says_only_ready_when_quiet_and_all_is_well() {
        engine.sync = Mono.just(CONVERGED);

        runOnFolder("sync", "-q");

        assertThat(out()).containsExactly("ready");
        assertThat(err()).isEmpty();
    }

    @Test
    void says_everything_as_json_objects_when_asked() {
        engine.sync = Mono.just(CONVERGED);
        engine.deviations = Flux.just(missing("a%0Ab"));

        runOnFolder("sync", "--json");

        assertThat(out().getFirst()).isEqualTo("{\"type\":\"ready\"}");
        assertThat(out().get(1))
                .isEqualTo(
                        "{\"type\":\"deviation\",\"folder\":\"default\",\"target\":\"target\",\"path\":\"a%0Ab\","
                                + "\"kind\":\"missing\",\"code\":\"DL-2007\",\"message\":\"no block\"}");
        assertThat(out().get(2))
                .startsWith("{\"type\":\"outcome\",\"converged\":true,")
                .contains(
                        "\"bytesReadAtSource\":8192,\"bytesStored\":2048,",
                        "\"bytesWritten\":4096");
    }

    @Test
    void itemizes_as_json_too() {
        engine.sync =
                Mono.fromCallable(() -> {
                    engine.changes.tryEmitNext(created("a", "target"));
                    return CONVERGED;
                });

        runOnFolder("sync", "--json", "-i");

        assertThat(out())
                .contains(
                        "{\"type\":\"change\",\"folder\":\"default\",\"target\":\"target\",\"path\":\"a\","
                                + "\"lines\":[\">f+++++++++ a\"]}");
    }

    @Test
    void shows_progress_while_it_works() {
        engine.sync = Mono.delay(Duration.ofSeconds(1), timer).thenReturn(CONVERGED);
        engine.progress =
                new Progress(
                        Progress.Stage.APPLYING,
                        20,
                        5,
                        OptionalLong.of(10),
                        1024,
                        OptionalLong.of(2048));

        Mono<Integer> running = runningOnFolder("sync");
        var subscription = running.subscribe();
        timer.advanceTimeBy(Duration.ofMillis(500));

        assertThat(err())
                .containsExactly("applying  20 looked at  5 of 10 entries  1.00 KiB of 2.00 KiB");
        subscription.dispose();
    }

    @Test
    void stops_and_closes_when_interrupted() {
        engine.sync = Mono.never();
        Mono<Integer> running = runningOnFolder("sync").cache();
        running.subscribe();
        assertThat(engine.closed).hasValue(0);

        interruption.tryEmitEmpty();

        assertThat(running.block(Duration.ofSeconds(5))).isEqualTo(130);
        assertThat(engine.cancelled).hasValue(1);
        assertThat(engine.closed).hasValue(1);
    }

    @Test
    void stops_when_interrupted_before_the_engine_is_open() {
        engine.opening = Mono.never();
        Mono<Integer> running = runningOnFolder("sync").cache();
        running.subscribe();

        interruption.tryEmitEmpty();

        assertThat(running.block(Duration.ofSeconds(5))).isEqualTo(130);
    }

    @Test
    void waits_no_longer_than_five_seconds_for_the_engine_to_close() {
        engine.sync = Mono.never();
        engine.closing = Mono.never();
        Mono<Integer> running = runningOnFolder("sync").cache();
        running.subscribe();
        interruption.tryEmitEmpty();

        timer.advanceTimeBy(Duration.ofSeconds(5));

        assertThat(running.block(Duration.ofSeconds(5))).isEqualTo(130);
    }

    @Test
    void closes_the_engine_and_frees_the_state_after_a_failure() {
        engine.sync = Mono.error(new SyncException(ErrorCode.ROOT_LOST, "The source is gone."));

        assertThat(runOnFolder("sync")).isEqualTo(1);
        assertThat(engine.closed).hasValue(1);
        assertThat(err())
                .singleElement()
                .asString()
                .startsWith("driftless: DL-3001 The source is gone. ");

        engine.sync = Mono.just(CONVERGED);
        assertThat(runOnFolder("sync")).isZero();
    }

    @Test
    void shows_where_a_failure_came_from_when_verbose() {
        engine.sync = Mono.error(new SyncException(ErrorCode.ROOT_LOST, "The source is gone."));

        runOnFolder("sync", "-v");

        assertThat(err()).anyMatch(line -> line.contains("at io.driftless"));
    }

    @Test
    void calls_a_failure_that_nobody_expected_a_bug() {
        engine.sync = Mono.error(new IllegalStateException("surprise"));

        assertThat(runOnFolder("sync")).isEqualTo(1);
        assertThat(err()).singleElement().asString().contains("DL-9001").contains("surprise");
    }

    @Test
    void hands_the_settings_of_its_options_to_the_engine() throws IOException {
        Path real = directory.toRealPath();

        run(
                "sync",
                "--source=source",
                "--target=nas=copies/one",
                "--target=copies/two",
                "--mode=overlay",
                "--state=state",
                "--store=s3://bucket/some/prefix",
                "--full-scan=1h30m",
                "--target-scan=10s",
                "--scrub=0");

        var settings = engine.settings.orElseThrow();
        FolderSettings folder = settings.folders().getFirst();
        assertThat(folder.source()).isEqualTo(real.resolve("source"));
        assertThat(folder.targets())
                .extracting(target -> target.id().value())
                .containsExactly("nas", "two");
        assertThat(folder.targets())
                .extracting(target -> target.directory())
                .containsExactly(real.resolve("copies/one"), real.resolve("copies/two"));
        assertThat(folder.targets()).allMatch(target -> target.mode() == Mode.OVERLAY);
        assertThat(settings.stateDirectory()).isEqualTo(real.resolve("state"));
        assertThat(settings.store()).isInstanceOf(StoreSettings.S3.class);
        assertThat(folder.fullScan()).isEqualTo(new Schedule.Every(Duration.ofMinutes(90)));
        assertThat(settings.checks()).isEqualTo(new TargetChecks(Duration.ofSeconds(10), 0));
    }

    @Test
    void takes_options_from_the_environment_when_the_line_does_not_give_them() {
        environment.put("DRIFTLESS_FULL_SCAN", "2h");
        environment.put("DRIFTLESS_STATE", directory.resolve("elsewhere").toString());

        runOnFolder("sync", "--full-scan=3h");

        assertThat(engine.settings.orElseThrow().folders().getFirst().fullScan())
                .isEqualTo(new Schedule.Every(Duration.ofHours(3)));
        assertThat(directory.resolve("elsewhere/version")).exists();
    }

    @Test
    void keeps_its_state_below_the_state_home_under_a_name_of_the_source() throws IOException {
        environment.put("XDG_STATE_HOME", directory.resolve("xdg").toString());

        runOnFolder("sync");
        runOnFolder("sync");

        try (var states = Files.list(directory.resolve("xdg/driftless"))) {
            assertThat(states).hasSize(1);
        }
    }

    @Test
    void refuses_directories_that_are_the_empty_text() {
        assertThat(run("sync", "--source", "", "--target", "target")).isEqualTo(2);
        assertThat(run("sync", "--source=", "--target", "target", "--state=state")).isEqualTo(2);
        assertThat(run("sync", "--source", "source", "--target", "")).isEqualTo(2);
        assertThat(runOnFolder("sync", "--state", "")).isEqualTo(2);

        assertThat(err())
                .hasSize(4)
                .allMatch(line -> line.startsWith("driftless: DL-1002 A directory is the empty"));
        assertThat(engine.settings).isEmpty();
    }

    private Mono<Integer> runningOnFolder(String command) {
        return commands().run(List.of(command, "--source", "source", "--target", "target"));
    }
}
