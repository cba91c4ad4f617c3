package io.driftless.adapter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.http.StatusServer.Answers;
import io.driftless.adapter.http.StatusServer.Listen;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.status.Ask;
import io.driftless.status.Parked;
import io.driftless.status.SystemStatus;
import io.driftless.status.SystemStatus.FolderStatus;
import io.driftless.status.SystemStatus.TargetChecks;
import io.driftless.status.SystemStatus.TargetStatus;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Both ends of the HTTP API on real sockets. */
class StatusServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Optional<Instant> TIME = Optional.of(Instant.EPOCH);
    private static final String SECRET = "0123456789abcdef";
    private static final Optional<ApiToken> TOKEN = Optional.of(ApiToken.of(SECRET, "a test"));
    private static final ApprovalId KNOWN = new ApprovalId("0123456789ab");
    private static final Parked PARKED =
            new Parked(
                    KNOWN.value(),
                    "rejected",
                    "DL-3020",
                    60,
                    61,
                    Instant.EPOCH,
                    List.of("d/f"),
                    Optional.empty());
    private static final TargetStatus NAS =
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
                    TIME,
                    List.of(),
                    new TargetChecks(TIME, 3, 4, Map.of("extra", 1L)),
                    TIME);
    private static final FolderStatus PHOTOS =
            new FolderStatus(
                    "photos",
                    "/photos",
                    "watching",
                    true,
                    12,
                    3,
                    4,
                    TIME,
                    Optional.empty(),
                    1,
                    3,
                    Map.of("DL-2004", 3L),
                    List.of(new SystemStatus.Problem("d/x", "DL-2003", "No.", 3, TIME)),
                    List.of(PARKED),
                    List.of(),
                    List.of(new SystemStatus.Problem(".", "DL-3011", "The clock is behind.")),
                    List.of(NAS));
    private static final SystemStatus STATUS =
            new SystemStatus("1.0", 4711, Instant.parse("2026-03-01T12:00:00Z"), List.of(PHOTOS));

    private final List<String> decided = new ArrayList<>();
    private final List<Ask> asked = new ArrayList<>();
    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final List<StatusServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.close().block(PATIENCE));
    }

    private URI start(Optional<ApiToken> token) {
        return start(token, new Answers(Mono.just(STATUS), this::decide, this::ask));
    }

    private URI start(Optional<ApiToken> token, Answers answers) {
        StatusServer server =
                Objects.requireNonNull(
                        StatusServer.start(new Listen("127.0.0.1", 0, token), answers, timer)
                                .block(PATIENCE));
        servers.add(server);
        return URI.create(server.url());
    }

    private Mono<Boolean> decide(ApprovalId set, Decision decision) {
        decided.add(set + " " + decision);
        return Mono.just(set.equals(KNOWN));
    }

    private Mono<Void> ask(Ask ask) {
        return Mono.fromRunnable(() -> asked.add(ask));
    }

    @Test
    void tells_the_client_what_the_system_says_of_itself() {
        assertThat(statusOf(start(Optional.empty()), Optional.empty())).isEqualTo(STATUS);
        assertThat(statusOf(start(TOKEN), TOKEN)).isEqualTo(STATUS);
        assertThat(STATUS.isConverged()).isTrue();
    }

    @Test
    void passes_on_what_is_asked() {
        for (Ask ask : Ask.values()) {
            client(TOKEN).tell(List.of(start(TOKEN)), true, ask).block(PATIENCE);
        }

        assertThat(asked).containsExactly(Ask.SCAN, Ask.RESYNC, Ask.RETRY);
    }

    @Test
    void passes_on_what_was_decided() {
        List<URI> addresses = List.of(start(Optional.empty()));
        StatusClient client = client(Optional.empty());

        client.decide(addresses, true, KNOWN, Decision.APPROVED).block(PATIENCE);
        client.decide(addresses, true, KNOWN, Decision.REJECTED).block(PATIENCE);

        assertThat(decided).containsExactly(KNOWN + " APPROVED", KNOWN + " REJECTED");
    }

    @Test
    void says_so_of_a_set_that_is_not_there() {
        List<URI> addresses = List.of(start(TOKEN));
        ApprovalId other = new ApprovalId("ffffffffffff");

        assertFails(
                ErrorCode.NO_SUCH_SET,
                client(TOKEN).decide(addresses, true, other, Decision.APPROVED));
        assertThat(answerTo(HttpMethod.POST, addresses.getFirst(), "/api/approve/no-id", shown()))
                .isEqualTo(404);
    }

    @Test
    void says_where_nobody_can_be_asked() {
        assertFails(ErrorCode.NOT_RUNNING, client(TOKEN).tell(List.of(), false, Ask.SCAN));
    }

    @Test
    void answers_only_what_it_offers() {
        URI at = start(Optional.empty());

        assertThat(answerTo(HttpMethod.GET, at, "/health", Map.of())).isEqualTo(200);
        assertThat(answerTo(HttpMethod.GET, at, "/api/status", Map.of())).isEqualTo(200);
        assertThat(answerTo(HttpMethod.GET, at, "/", Map.of())).isEqualTo(404);
        assertThat(answerTo(HttpMethod.GET, at, "/api/scan", Map.of())).isEqualTo(404);
        assertThat(answerTo(HttpMethod.POST, at, "/api/format", ours())).isEqualTo(404);
    }

    @Test
    void answers_no_page_of_the_web_that_pretends_to_be_here() {
        URI at = start(Optional.empty());
        Map<String, String> foreign = Map.of("Host", "evil.example:" + at.getPort());

        assertThat(answerTo(HttpMethod.GET, at, "/api/status", foreign)).isEqualTo(403);
        assertThat(answerTo(HttpMethod.GET, at, "/health", foreign)).isEqualTo(403);
    }

    @Test
    void takes_no_word_from_a_page_of_the_web() {
        URI at = start(Optional.empty());

        assertThat(answerTo(HttpMethod.POST, at, "/api/approve/" + KNOWN, Map.of())).isEqualTo(403);
        assertThat(answerTo(HttpMethod.POST, at, "/api/scan", Map.of())).isEqualTo(403);
        assertThat(decided).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void answers_nobody_who_does_not_show_the_token() {
        URI at = start(TOKEN);

        for (String shown :
                List.of(
                        "",
                        SECRET,
                        "Bearer",
                        "Bearer ",
                        "Bearer " + SECRET + "0",
                        "Bearer " + SECRET.substring(1),
                        "Bearer " + SECRET.toUpperCase(Locale.ROOT),
                        "Basic " + SECRET)) {
            Map<String, String> headers = Map.of("Authorization", shown, "X-Driftless", "1");
            assertThat(answerTo(HttpMethod.GET, at, "/api/status", headers)).isEqualTo(401);
            assertThat(answerTo(HttpMethod.POST, at, "/api/approve/" + KNOWN, headers))
                    .isEqualTo(401);
            assertThat(answerTo(HttpMethod.POST, at, "/api/reject/" + KNOWN, headers))
                    .isEqualTo(401);
            assertThat(answerTo(HttpMethod.POST, at, "/api/scan", headers)).isEqualTo(401);
        }
        assertThat(decided).isEmpty();
        assertThat(asked).isEmpty();
    }

    @Test
    void health_needs_no_token() {
        URI at = start(TOKEN);

        assertThat(answerTo(HttpMethod.GET, at, "/health", Map.of("Host", "pod:1"))).isEqualTo(200);
    }

    @Test
    void answers_to_any_name_who_shows_the_token() {
        URI at = start(TOKEN);
        Map<String, String> headers =
                Map.of("Host", "reconciler:9405", "Authorization", "Bearer " + SECRET);

        assertThat(answerTo(HttpMethod.GET, at, "/api/status", headers)).isEqualTo(200);
    }

    @Test
    void the_client_says_what_is_wrong_with_its_token_and_does_not_repeat_it() {
        URI at = start(TOKEN);
        String other = "another-secret-of-mine";
        ApiToken wrong = ApiToken.of(other, "a test");

        assertThatThrownBy(() -> statusOf(at, Optional.empty()))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.TOKEN_REFUSED));
        assertThatThrownBy(() -> statusOf(at, Optional.of(wrong)))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure ->
                                assertThat(failure.describe())
                                        .startsWith("DL-1030 ")
                                        .contains("another token", "--token-file")
                                        .doesNotContain(other));
        assertFails(
                ErrorCode.TOKEN_REFUSED,
                client(Optional.of(wrong)).decide(List.of(at), true, KNOWN, Decision.APPROVED));
    }

    @Test
    void takes_no_bodies() {
        URI at = start(TOKEN);

        int answer =
                Objects.requireNonNull(
                                HttpClient.newConnection()
                                        .headers(headers -> shown().forEach(headers::set))
                                        .post()
                                        .uri(at + "/api/scan")
                                        .send(Mono.just(Unpooled.wrappedBuffer(new byte[100])))
                                        .response()
                                        .block(PATIENCE))
                        .status()
                        .code();

        assertThat(answer).isEqualTo(413);
        assertThat(asked).isEmpty();
    }

    @Test
    void what_cannot_be_done_now_is_said_with_its_reason() {
        SyncException away =
                new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "PostgreSQL is away.");
        URI at =
                start(
                        TOKEN,
                        new Answers(
                                Mono.error(away),
                                (_, _) -> Mono.error(away),
                                _ -> Mono.error(away)));

        assertThat(answerTo(HttpMethod.POST, at, "/api/approve/" + KNOWN, shown())).isEqualTo(503);
        assertThat(answerTo(HttpMethod.POST, at, "/api/scan", shown())).isEqualTo(503);
        assertThat(answerTo(HttpMethod.GET, at, "/api/status", shown())).isEqualTo(503);
        assertThatThrownBy(() ->
                        client(TOKEN)
                                .decide(List.of(at), true, KNOWN, Decision.APPROVED)
                                .block(PATIENCE))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure ->
                                assertThat(failure.describe())
                                        .startsWith("DL-4001 ")
                                        .contains("PostgreSQL is away.", "again later"));
    }

    @Test
    void who_asks_does_not_wait_for_ever() {
        URI at =
                start(
                        TOKEN,
                        new Answers(
                                Mono.just(STATUS),
                                (_, _) -> Mono.never(),
                                _ -> Mono.<Void>never().doOnSubscribe(_ -> passAMinute())));

        assertThat(answerTo(HttpMethod.POST, at, "/api/scan", shown())).isEqualTo(503);
    }

    /** When the limit of the request counts. */
    private void passAMinute() {
        Schedulers.parallel()
                .schedule(
                        () -> timer.advanceTimeBy(Duration.ofMinutes(1)),
                        300,
                        TimeUnit.MILLISECONDS);
    }

    @Test
    void listens_to_nobody_beyond_this_machine_without_a_token() {
        Answers answers = new Answers(Mono.just(STATUS), this::decide, this::ask);

        for (String address : List.of("0.0.0.0", "::", "no.such.machine.invalid")) {
            assertFails(
                    ErrorCode.BAD_SETTING,
                    StatusServer.start(new Listen(address, 0, Optional.empty()), answers, timer));
        }
    }

    private static Map<String, String> shown() {
        return Map.of("Authorization", "Bearer " + SECRET);
    }

    private static Map<String, String> ours() {
        return Map.of("X-Driftless", "1");
    }

    private static int answerTo(
            HttpMethod method, URI at, String path, Map<String, String> headers) {
        return Objects.requireNonNull(
                        HttpClient.newConnection()
                                .headers(all -> {
                                    if (method.equals(HttpMethod.POST)) {
                                        all.set(HttpHeaderNames.CONTENT_LENGTH, 0);
                                    }
                                    headers.forEach(all::set);
                                })
                                .request(method)
                                .uri(at + path)
                                .response()
                                .block(PATIENCE))
                .status()
                .code();
    }

    private static StatusClient client(Optional<ApiToken> token) {
        return new StatusClient(Schedulers.parallel(), token);
    }

    private static SystemStatus statusOf(URI at, Optional<ApiToken> token) {
        return Objects.requireNonNull(
                client(token).ask(Flux.just(at), true).single().block(PATIENCE));
    }

    private static void assertFails(ErrorCode code, Mono<?> use) {
        assertThatThrownBy(() -> use.block(PATIENCE))
                .isInstanceOfSatisfying(
                        SyncException.class, failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
