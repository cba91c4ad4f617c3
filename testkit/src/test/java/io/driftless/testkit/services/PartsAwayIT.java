package io.driftless.testkit.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.adapter.http.StatusClient;
import io.driftless.adapter.kafka.KafkaEventBus;
import io.driftless.adapter.kafka.KafkaSettings;
import io.driftless.error.SyncException;
import io.driftless.event.Report;
import io.driftless.event.Topic;
import io.driftless.status.SystemStatus;
import io.driftless.status.SystemStatus.Problem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Kafka or PostgreSQL is away for a while, and the source is worked on meanwhile. Longer by {@code
 * -Ddriftless.away.seconds=120}. No full scan of the source helps: there is one at the start only.
 */
@Tag("P6")
class PartsAwayIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Within this it is told who is away, and that he is back. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final Duration AWAY =
            Duration.ofSeconds(Integer.getInteger("driftless.away.seconds", 20));

    /** Edits go on this long before and after. */
    private static final Duration AROUND = Duration.ofSeconds(3);

    /** Publishing fails when this is over. */
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "kafka.publish-timeout", "5s",
                    "reconcile.source-run-every", "30d",
                    "reconcile.api.port", "0",
                    "transfer.resend", "2s",
                    "transfer.removal-ratio", "1",
                    "agent.scan-every", "2s");

    private static final Pattern API = Pattern.compile("api answers at (http://\\S+)");
    private static final Pattern SINCE =
            Pattern.compile("\"state\":\"running\",\"since\":\"([^\"]*)\"");
    private static final String AT_TARGET = "as it was at the source";

    @TempDir Path home;
    private ServiceFleet fleet;
    private KafkaEventBus bus;
    private Disposable following;
    private final AtomicReference<Report> report = new AtomicReference<>();

    /** What may be away, and who tells of it. */
    private enum Part {
        KAFKA("kafka", "Kafka", ServiceFleet.WATCHER, ServiceFleet.AGENT),
        POSTGRES("postgres", "PostgreSQL");

        private final String name;
        private final String title;
        private final List<String> tellers;

        Part(String name, String title, String... besides) {
            this.name = name;
            this.title = title;
            List<String> tellers = new ArrayList<>(List.of(besides));
            tellers.addAll(
                    List.of(ServiceFleet.INDEXER, ServiceFleet.TRANSFER, ServiceFleet.RECONCILER));
            this.tellers = List.copyOf(tellers);
        }
    }

    @BeforeEach
    void start() throws IOException {
        fleet = new ServiceFleet(home, SETTINGS);
        var there =
                KafkaSettings.ofOneBroker(
                        fleet.kafka().bootstrapServers(), fleet.kafka().security());
        bus = new KafkaEventBus(there, Schedulers.boundedElastic(), Schedulers.parallel());
        following = bus.follow(Topic.REPORTS, ServiceFleet.TARGET).subscribe(report::set);
        new SampleSource(fleet.source()).make();
        for (int i = 0; i < 10; i++) {
            Path kept = Files.createDirectories(fleet.source().resolve("kept"));
            Files.writeString(kept.resolve("f" + i), AT_TARGET);
        }
        fleet.start();
        fleet.awaitEqual();
    }

    @AfterEach
    void stop() {
        following.dispose();
        bus.close();
        fleet.close();
    }

    @ParameterizedTest
    @EnumSource
    void what_happened_while_a_part_was_away_is_made_up_for(Part part) throws Exception {
        Map<String, String> begun = sinceWhenFlowsRun();
        int edits;
        Instant gone;
        Instant back;
        try (var editing = OngoingEdits.below(fleet.source().resolve("busy"), 1)) {
            Thread.sleep(AROUND);
            take(part);
            gone = Instant.now();
            damage();
            awaitTold(part);
            Thread.sleep(AWAY.minus(Duration.between(gone, Instant.now())));
            assertTold(part);
            fleet.telling(() -> await().atMost(SOON).untilAsserted(this::assertRepaired));
            giveBack(part);
            back = Instant.now();
            awaitToldBack(part);
            Thread.sleep(AROUND);
            edits = editing.stop();
        }

        fleet.awaitEqual();
        Duration late = Duration.between(back, Instant.now());
        System.out.printf(
                "%s away for %d s under %d edits: equal %.1f s after it was back%n",
                part.name,
                Duration.between(gone, back).toSeconds(),
                edits,
                late.toMillis() / 1000.0);
        assertNothingIsLeft(part);
        assertThat(sinceWhenFlowsRun()).isEqualTo(begun);
    }

    private void take(Part part) {
        switch (part) {
            case KAFKA -> fleet.stopKafka();
            case POSTGRES -> fleet.stopPostgres();
        }
    }

    private void giveBack(Part part) {
        switch (part) {
            case KAFKA -> fleet.startKafka();
            case POSTGRES -> fleet.startPostgres();
        }
    }

    private void damage() throws IOException {
        Path kept = fleet.target().resolve("kept");
        Files.delete(kept.resolve("f1"));
        Files.writeString(kept.resolve("f2"), "by somebody else");
        Files.createDirectory(kept.resolve("extra"));
    }

    private void awaitTold(Part part) {
        fleet.telling(() ->
                await().atMost(SOON)
                        .ignoreExceptionsInstanceOf(SyncException.class)
                        .untilAsserted(() -> assertTold(part)));
    }

    /** By each service that needs it, also where it only listens, and by name. */
    private void assertTold(Part part) {
        String pattern =
                "\"%s\":\\{\"answers\":false,\"lastFailure\":\\{\"code\":\"DL-4001\",\"message\":\"[^\"]+"
                        .formatted(part.name);
        assertThat(part.tellers)
                .allSatisfy(teller -> assertThat(fleet.health(teller)).containsPattern(pattern));
        assertThat(problems())
                .anySatisfy(problem -> {
                    assertThat(problem.code()).isEqualTo("DL-4001");
                    assertThat(problem.message()).contains(part.title);
                });
    }

    private void awaitToldBack(Part part) {
        fleet.telling(() ->
                await().atMost(SOON)
                        .ignoreExceptionsInstanceOf(SyncException.class)
                        .untilAsserted(() -> {
                            assertThat(part.tellers)
                                    .allSatisfy(teller ->
                                            assertThat(fleet.health(teller))
                                                    .contains("\"answers\":true")
                                                    .doesNotContain("\"answers\":false"));
                            assertThat(problems()).isEmpty();
                        }));
    }

    /** What {@code driftless status} says of the folder. */
    private List<Problem> problems() {
        Matcher api = API.matcher(fleet.service(ServiceFleet.RECONCILER).log());
        assertThat(api.find()).isTrue();
        SystemStatus status =
                new StatusClient(Schedulers.parallel(), Optional.empty())
                        .ask(Flux.just(URI.create(api.group(1))), true)
                        .blockFirst(PATIENCE);
        return Objects.requireNonNull(status).folders().getFirst().problems();
    }

    /** A target needs neither of them to be what it should be. */
    private void assertRepaired() {
        Path kept = fleet.target().resolve("kept");
        assertThat(kept.resolve("f1")).hasContent(AT_TARGET);
        assertThat(kept.resolve("f2")).hasContent(AT_TARGET);
        assertThat(kept.resolve("extra")).doesNotExist();
    }

    /** No entry waits, fails or is to be committed; and all parts answer. */
    private void assertNothingIsLeft(Part part) {
        fleet.telling(() ->
                await().atMost(PATIENCE)
                        .untilAsserted(() -> {
                            assertThat(rows("entry where code is not null or tries is not null"))
                                    .isZero();
                            assertThat(rows("dirty")).isZero();
                            assertThat(report.get().deviations()).isEmpty();
                            assertThat(report.get().pending()).isZero();
                            assertThat(part.tellers)
                                    .allSatisfy(teller ->
                                            assertThat(fleet.health(teller))
                                                    .contains("\"answers\":true")
                                                    .doesNotContain("\"answers\":false"));
                        }));
    }

    private long rows(String of) throws Exception {
        var address = fleet.postgres();
        String url =
                "jdbc:postgresql://%s:%d/%s"
                        .formatted(address.host(), address.port(), address.database());
        try (var connection = DriverManager.getConnection(url, address.user(), address.password());
                var found =
                        connection
                                .createStatement()
                                .executeQuery("select count(*) from driftless." + of)) {
            assertThat(found.next()).isTrue();
            return found.getLong(1);
        }
    }

    /** A flow that was begun again runs since then. */
    private Map<String, String> sinceWhenFlowsRun() {
        return fleet.services().stream()
                .collect(Collectors.toMap(ServiceProcess::toString, this::sinceWhenItRuns));
    }

    private String sinceWhenItRuns(ServiceProcess service) {
        String health = fleet.health(service.toString());
        Matcher since = SINCE.matcher(health);
        assertThat(since.find()).as("%s: %s", service, health).isTrue();
        return since.group(1);
    }
}
