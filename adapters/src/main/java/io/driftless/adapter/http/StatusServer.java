package io.driftless.adapter.http;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.status.Ask;
import io.driftless.status.SystemStatus;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import tools.jackson.databind.ObjectMapper;

/**
 * Answers {@code GET /api/status} with a {@link SystemStatus}, {@code GET /health}, {@code POST
 * /api/approve/ID} and {@code /api/reject/ID}, and {@code POST} of each {@link Ask} while it runs.
 * Requests have no bodies. What cannot be done now is answered with 503 and a {@link Trouble}.
 */
public final class StatusServer {
    /** Whoever asks has waited long enough; what was begun may still be done. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(60);
    private static final int MAX_LINE_BYTES = 2 << 10;
    private static final int MAX_HEADER_BYTES = 8 << 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DisposableServer server;

    private StatusServer(DisposableServer server) {
        this.server = server;
    }

    /**
     * Where it listens.
     *
     * @param address a name or number of this machine
     * @param port 0 for any free one
     * @param token what requests must show; beyond loopback there has to be one
     */
    public record Listen(String address, int port, Optional<ApiToken> token) {
        /** On this machine alone, for whoever is on it. */
        public static Listen onLoopback(int port) {
            return new Listen("127.0.0.1", port, Optional.empty());
        }

        /** False also where no machine has this name. */
        public boolean isLoopback() {
            try {
                return InetAddress.getByName(address).isLoopbackAddress();
            } catch (UnknownHostException nobody) {
                return false;
            }
        }
    }

    /**
     * What it answers with.
     *
     * @param status what is known now
     * @param decide says of a set of removals what is to become of it; false where there is none
     * @param ask has something done now
     */
    public record Answers(
            Mono<SystemStatus> status,
            BiFunction<ApprovalId, Decision, Mono<Boolean>> decide,
            Function<Ask, Mono<Void>> ask) {}

    /** Why something cannot be done now. */
    record Trouble(String code, String message) {
        static Trouble of(SyncException failure) {
            return new Trouble(failure.code().id(), String.valueOf(failure.getMessage()));
        }
    }

    /** Fails with {@code PORT_IN_USE} where another program listens there. */
    public static Mono<StatusServer> start(Listen listen, Answers answers, Scheduler timer) {
        if (listen.token().isEmpty() && !listen.isLoopback()) {
            return Mono.error(
                    new SyncException(
                            ErrorCode.BAD_SETTING,
                            "Whoever listens at " + listen.address() + " needs a token."));
        }
        Doors doors = new Doors(new Gate(listen.token()), answers, timer);
        return HttpServer.create()
                .host(listen.address())
                .port(listen.port())
                .httpRequestDecoder(decoder ->
                        decoder.maxInitialLineLength(MAX_LINE_BYTES)
                                .maxHeaderSize(MAX_HEADER_BYTES))
                .requestTimeout(REQUEST_LIMIT)
                .idleTimeout(IDLE_LIMIT)
                .route(doors::open)
                .bind()
                .<StatusServer>map(StatusServer::new)
                .onErrorMap(ChannelBindException.class, failure -> taken(listen, failure));
    }

    /** What comes in, and what is said to it. */
    private record Doors(Gate gate, Answers answers, Scheduler timer) {
        void open(HttpServerRoutes routes) {
            routes.get("/api/status", (request, response) -> pass(request, response, this::status))
                    .post(
                            "/api/approve/{set}",
                            (request, response) ->
                                    pass(request, response, decide(Decision.APPROVED)))
                    .post(
                            "/api/reject/{set}",
                            (request, response) ->
                                    pass(request, response, decide(Decision.REJECTED)))
                    .post("/api/{ask}", (request, response) -> pass(request, response, this::ask))
                    .get("/health", this::health);
        }

        private Mono<Void> pass(
                HttpServerRequest request, HttpServerResponse response, Answering answering) {
            Optional<HttpResponseStatus> refusal = gate.refusal(request);
            return refusal.isPresent()
                    ? refuse(response, refusal.get())
                    : answering
                            .answer(request, response)
                            .onErrorResume(
                                    SyncException.class, failure -> unavailable(response, failure));
        }

        /** What was not looked at is not looked at later, either. */
        private static Mono<Void> refuse(HttpServerResponse response, HttpResponseStatus why) {
            if (why.equals(HttpResponseStatus.UNAUTHORIZED)) {
                response.header(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
            }
            return response.status(why).keepAlive(false).send().then();
        }

        private static Mono<Void> unavailable(HttpServerResponse response, SyncException failure) {
            response.status(HttpResponseStatus.SERVICE_UNAVAILABLE);
            return say(response, Trouble.of(failure));
        }

        private Mono<Void> status(HttpServerRequest request, HttpServerResponse response) {
            return inTime(answers.status()).flatMap(status -> say(response, status));
        }

        private Answering decide(Decision decision) {
            return (request, response) ->
                    Mono.fromCallable(() -> new ApprovalId(String.valueOf(request.param("set"))))
                            .flatMap(set -> inTime(answers.decide().apply(set, decision).cache()))
                            .onErrorResume(
                                    SyncException.class,
                                    failure ->
                                            failure.code() == ErrorCode.BAD_USAGE
                                                    ? Mono.just(false)
                                                    : Mono.error(failure))
                            .flatMap(isDecided -> done(response, isDecided));
        }

        private Mono<Void> ask(HttpServerRequest request, HttpServerResponse response) {
            String word = String.valueOf(request.param("ask"));
            return Arrays.stream(Ask.values())
                    .filter(ask -> ask.word().equals(word))
                    .findFirst()
                    .map(ask ->
                            inTime(answers.ask().apply(ask))
                                    .then(Mono.defer(() -> done(response, true))))
                    .orElseGet(() -> done(response, false));
        }

        private static Mono<Void> done(HttpServerResponse response, boolean isFound) {
            return response.status(
                            isFound ? HttpResponseStatus.NO_CONTENT : HttpResponseStatus.NOT_FOUND)
                    .send()
                    .then();
        }

        private Mono<Void> health(HttpServerRequest request, HttpServerResponse response) {
            return gate.refusalOfHealth(request)
                    .map(why -> refuse(response, why))
                    .orElseGet(() -> say(response, Map.of("status", "up")));
        }

        private static Mono<Void> say(HttpServerResponse response, Object body) {
            return response.header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                    .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                    .sendString(Mono.fromCallable(() -> JSON.writeValueAsString(body)))
                    .then();
        }

        private <T> Mono<T> inTime(Mono<T> work) {
            return work.timeout(LIMIT, timer)
                    .onErrorMap(
                            TimeoutException.class,
                            late ->
                                    new SyncException(
                                            ErrorCode.DEPENDENCY_UNAVAILABLE,
                                            "It was not done within %d s, and may still be."
                                                    .formatted(LIMIT.toSeconds()),
                                            late));
        }
    }

    private interface Answering {
        Mono<Void> answer(HttpServerRequest request, HttpServerResponse response);
    }

    private static SyncException taken(Listen listen, Throwable cause) {
        return new SyncException(
                ErrorCode.PORT_IN_USE,
                "Port %d on %s is taken, or not of this machine."
                        .formatted(listen.port(), listen.address()),
                cause);
    }

    /** Where it answers. */
    public String url() {
        String host = server.host();
        return "http://%s:%d"
                .formatted(host.contains(":") ? "[" + host + "]" : host, server.port());
    }

    public Mono<Void> close() {
        return Mono.<Void>fromRunnable(server::dispose).then(server.onDispose());
    }
}
