package io.driftless.testkit.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.adapter.kafka.KafkaEventBus;
import io.driftless.adapter.kafka.KafkaSettings;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Report;
import io.driftless.event.Topic;
import io.driftless.launcher.command.CommandContext;
import io.driftless.launcher.command.Commands;
import io.driftless.launcher.output.Console;
import io.driftless.launcher.output.Terminal;
import io.driftless.status.SystemStatus;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.status.SystemStatus.TargetStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/** A system of several processes, operated by the command line as any other. */
class FleetIT {
    private static final Pattern API = Pattern.compile("api answers at (http://\\S+)");
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final int FILES = 80;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir static Path home;

    private ServiceFleet fleet;
    private String api = "";
    private Path tokenFile = Path.of("token");

    /** What a command printed, and how it ended. */
    private record Said(int status, String out, String err) {}

    @Test
    void is_asked_and_told_through_the_reconciler() throws IOException {
        tokenFile = Files.writeString(home.resolve("token"), SECRET + "\n");
        fleet = new ServiceFleet(home, onlyByOrder());
        Path source = fleet.source();
        Path target = fleet.target();
        for (int i = 0; i < FILES; i++) {
            Files.writeString(
                    Files.createDirectories(source.resolve("d")).resolve("f" + i), "file " + i);
        }
        fleet.start();
        fleet.awaitEqual();
        api = address();

        nobody_is_answered_without_the_token();
        FolderStatus first = awaitStatus(FolderStatus::isConverged);
        assertThat(first.targets().getFirst().id()).isEqualTo("node-1");
        assertThat(first.targets().getFirst().reported()).isPresent();
        removals_that_are_parked_go_when_they_are_approved(source, target);
        a_scan_reaches_source_and_agent(target);
        a_retry_reaches_the_agent();
        assertThat(fleet.service(ServiceFleet.RECONCILER).log()).doesNotContain(SECRET);
    }

    @AfterEach
    void close() {
        if (fleet != null) {
            fleet.close();
        }
    }

    /** Nothing is done by the clock while the test runs, so what is done was asked for. */
    private Map<String, String> onlyByOrder() {
        return Map.of(
                "reconcile.source-run-every", "30d",
                "reconcile.api.port", "0",
                "reconcile.api.token-file", tokenFile.toString(),
                "agent.scan-every", "365d",
                "agent.prove-per-hour", "0B");
    }

    private String address() {
        Matcher found = API.matcher(fleet.service(ServiceFleet.RECONCILER).log());
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private void nobody_is_answered_without_the_token() throws IOException {
        Path other = Files.writeString(home.resolve("other"), SECRET.replace('0', '1'));

        Said without = run(Map.of(), "status", "--url", api);
        Said wrong = run(Map.of(), "scan", "--url", api, "--token-file", other.toString());
        Said byVariable = run(Map.of("DRIFTLESS_TOKEN", SECRET), "status", "--url", api, "--json");

        assertThat(without.status()).isEqualTo(2);
        assertThat(without.err()).contains("DL-1030", "wants a token");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).contains("DL-1030", "another token");
        assertThat(byVariable.out()).contains("\"folders\"");
    }

    private void removals_that_are_parked_go_when_they_are_approved(Path source, Path target)
            throws IOException {
        // At one stroke: of files that go one by one, those below the limit may be gone before.
        Files.move(source.resolve("d"), home.resolve("away"));
        Files.writeString(source.resolve("new"), "goes on");

        FolderStatus waiting = awaitStatus(FolderStatus::isWaiting);
        String set = waiting.parked().getFirst().id();
        fleet.telling(
                () -> await().atMost(PATIENCE).until(() -> Files.exists(target.resolve("new"))));
        assertThat(target.resolve("d/f0")).exists();
        Said table = command("status");
        assertThat(table.out()).contains("DL-3020", "wait for approval", "id " + set);

        assertThat(command("approve", "ffffffffffff").err()).contains("DL-1020");
        assertThat(command("approve", set).status()).isZero();

        fleet.awaitEqual();
        assertThat(awaitStatus(FolderStatus::isConverged).parked()).isEmpty();
    }

    private void a_scan_reaches_source_and_agent(Path target) throws IOException {
        FolderStatus before = status();
        Instant scanned = of(before).checks().scanned().orElseThrow();
        Files.writeString(target.resolve("new"), "edited by somebody");

        assertThat(command("scan").status()).isZero();

        awaitStatus(status ->
                status.runs() > before.runs()
                        && of(status).checks().scanned().orElseThrow().isAfter(scanned));
        fleet.telling(() ->
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(target.resolve("new")).hasContent("goes on")));
    }

    /** The agent says how many it did. */
    private void a_retry_reaches_the_agent() {
        assertThat(command("retry").status()).isZero();

        KafkaSettings settings =
                KafkaSettings.ofOneBroker(
                        fleet.kafka().bootstrapServers(), fleet.kafka().security());
        try (KafkaEventBus bus =
                new KafkaEventBus(settings, Schedulers.boundedElastic(), Schedulers.parallel())) {
            Report done =
                    bus.follow(Topic.REPORTS, "node-1")
                            .filter(report -> report.retry() == 1)
                            .blockFirst(PATIENCE);
            assertThat(done).isNotNull();
        }
    }

    private static TargetStatus of(FolderStatus folder) {
        return folder.targets().getFirst();
    }

    private FolderStatus awaitStatus(Predicate<FolderStatus> wanted) {
        List<FolderStatus> seen = new ArrayList<>();
        fleet.telling(() ->
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(300))
                        .until(() -> {
                            seen.add(status());
                            return wanted.test(seen.getLast());
                        }));
        return seen.getLast();
    }

    private FolderStatus status() {
        Said said = command("status", "--json");
        if (said.out().isEmpty()) {
            throw new SyncException(ErrorCode.NOT_RUNNING, said.err());
        }
        return JsonMapper.builder()
                .build()
                .readValue(said.out(), SystemStatus.class)
                .folders()
                .getFirst();
    }

    private Said command(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--url", api));
        return run(
                Map.of("DRIFTLESS_TOKEN_FILE", tokenFile.toString()), all.toArray(String[]::new));
    }

    private static Said run(Map<String, String> environment, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console =
                new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        new Terminal(false, 80, false));
        CommandContext context =
                new CommandContext(
                        (_, _) -> Mono.error(new AssertionError("nothing is to be opened")),
                        console,
                        environment,
                        home,
                        InstantSource.system(),
                        Schedulers.parallel(),
                        Schedulers.boundedElastic(),
                        Mono.never());
        int status =
                Objects.requireNonNull(new Commands(context).run(List.of(words)).block(PATIENCE));
        return new Said(
                status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
