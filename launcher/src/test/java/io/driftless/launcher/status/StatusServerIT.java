package io.driftless.launcher.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.engine.Ask;
import io.driftless.launcher.engine.Parked;
import io.driftless.launcher.engine.SystemStatus;
import io.driftless.launcher.engine.SystemStatus.FolderStatus;
import io.driftless.launcher.engine.SystemStatus.TargetChecks;
import io.driftless.launcher.engine.SystemStatus.TargetStatus;
import io.driftless.launcher.state.StateDirectory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

class StatusServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final SystemStatus STATUS =
            new SystemStatus(
                    "1.0",
                    4711,
                    Instant.parse("2026-03-01T12:00:00Z"),
                    List.of(
                            new FolderStatus(
                                    "photos",
                                    "/photos",
                                    "watching",
                                    true,
                                    12,
                                    3,
                                    4,
                                    Optional.of(Instant.EPOCH),
                                    Optional.of(Instant.EPOCH.plusSeconds(900)),
                                    1,
                                    3,
                                    Map.of("DL-2004", 3L),
                                    List.of(
                                            new Parked(
                                                    "0123456789ab",
                                                    "rejected",
                                                    "DL-3020",
                                                    60,
                                                    61,
                                                    Instant.EPOCH,
                                                    List.of("d/f"))),
                                    List.of(),
                                    List.of(
                                            new TargetStatus(
                                                    "nas",
                                                    "/nas",
                                                    "mirror",
                                                    "converged",
                                                    12,
                                                    0,
                                                    0,
                                                    0,
                                                    Map.of(),
                                                    Optional.of(Instant.EPOCH),
                                                    List.of(),
                                                    new TargetChecks(
                                                            Optional.of(Instant.EPOCH),
                                                            3,
                                                            4,
                                                            Map.of("extra", 1L)))))));

    private static final ApprovalId KNOWN = new ApprovalId("0123456789ab");

    private final List<String> decided = new ArrayList<>();
    private final List<Ask> asked = new ArrayList<>();

    @TempDir Path home;
    private Path directory;
    private StateDirectory state;
    private StatusServer server;

    @BeforeEach
    void start() {
        directory = home.resolve("state");
        state = StateDirectory.open(directory);
        server = start(0);
    }

    @AfterEach
    void stop() {
        server.close().block(PATIENCE);
        state.close();
    }

    private StatusServer start(int port) {
        return Objects.requireNonNull(
                StatusServer.start(
                                port,
                                new StatusServer.Answers(() -> STATUS, this::decide, this::ask),
                                state)
                        .block(PATIENCE));
    }

    @Test
    void tells_the_client_what_the_system_says_of_itself() {
        assertThat(ask(StatusAddresses.of(directory))).containsExactly(STATUS);
        assertThat(ask(StatusAddresses.below(home))).contains(STATUS);
        assertThat(STATUS.isConverged()).isTrue();
    }

    @Test
    void is_not_found_any_more_after_it_closed() {
        List<URI> addresses = StatusAddresses.of(directory);
        server.close().block(PATIENCE);

        assertThat(StatusAddresses.of(directory)).isEmpty();
        assertFails(ErrorCode.NOT_RUNNING, () -> ask(addresses));
    }

    @Test
    void refuses_a_port_that_is_taken() {
        int port = URI.create(server.url()).getPort();

        assertFails(ErrorCode.PORT_IN_USE, () -> start(port));
    }

    @Test
    void answers_only_what_it_offers() {
        assertThat(statusOf("/health", "127.0.0.1")).isEqualTo(200);
        assertThat(statusOf("/api/status", "localhost")).isEqualTo(200);
        assertThat(statusOf("/", "127.0.0.1")).isEqualTo(404);
    }

    @Test
    void answers_no_page_of_the_web_that_pretends_to_be_here() {
        assertThat(statusOf("/api/status", "evil.example")).isEqualTo(403);
    }

    private int statusOf(String path, String host) {
        return Objects.requireNonNull(
                        HttpClient.newConnection()
                                .headers(headers ->
                                        headers.set(
                                                "Host",
                                                host + ":" + URI.create(server.url()).getPort()))
                                .get()
                                .uri(server.url() + path)
                                .response()
                                .block(PATIENCE))
                .status()
                .code();
    }

    private Mono<Void> ask(Ask ask) {
        return Mono.fromRunnable(() -> asked.add(ask));
    }

    @Test
    void passes_on_what_is_asked() {
        List<URI> addresses = StatusAddresses.of(directory);
        StatusClient client = new StatusClient(Schedulers.parallel());

        for (Ask ask : Ask.values()) {
            client.tell(addresses, true, ask).block(PATIENCE);
        }

        assertThat(asked).containsExactly(Ask.SCAN, Ask.RESYNC, Ask.RETRY);
    }

    @Test
    void says_where_nobody_can_be_asked() {
        StatusClient client = new StatusClient(Schedulers.parallel());

        assertFails(
                ErrorCode.NOT_RUNNING,
                () -> client.tell(List.of(), false, Ask.SCAN).block(PATIENCE));
    }

    private Mono<Boolean> decide(ApprovalId set, Decision decision) {
        decided.add(set + " " + decision);
        return Mono.just(set.equals(KNOWN));
    }

    @Test
    void passes_on_what_was_decided() {
        List<URI> addresses = StatusAddresses.of(directory);
        StatusClient client = new StatusClient(Schedulers.parallel());

        client.decide(addresses, true, KNOWN, Decision.APPROVED).block(PATIENCE);
        client.decide(addresses, true, KNOWN, Decision.REJECTED).block(PATIENCE);

        assertThat(decided).containsExactly(KNOWN + " APPROVED", KNOWN + " REJECTED");
        assertFails(
                ErrorCode.NO_SUCH_SET,
                () ->
                        client.decide(
                                        addresses,
                                        true,
                                        new ApprovalId("ffffffffffff"),
                                        Decision.APPROVED)
                                .block(PATIENCE));
    }

    @Test
    void takes_no_word_from_a_page_of_the_web() {
        assertThat(statusOfPost("/api/approve/" + KNOWN)).isEqualTo(403);
        assertThat(statusOfPost("/api/scan")).isEqualTo(403);
        assertThat(decided).isEmpty();
        assertThat(asked).isEmpty();
    }

    private int statusOfPost(String path) {
        return Objects.requireNonNull(
                        HttpClient.newConnection()
                                .post()
                                .uri(server.url() + path)
                                .response()
                                .block(PATIENCE))
                .status()
                .code();
    }

    private static List<SystemStatus> ask(List<URI> addresses) {
        return Objects.requireNonNull(
                new StatusClient(Schedulers.parallel())
                        .ask(Flux.fromIterable(addresses), true)
                        .collectList()
                        .block(PATIENCE));
    }

    private static void assertFails(ErrorCode code, Runnable use) {
        assertThatThrownBy(use::run)
                .isInstanceOfSatisfying(
                        SyncException.class, failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
