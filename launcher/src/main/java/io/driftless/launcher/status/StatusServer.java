package io.driftless.launcher.status;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.engine.Ask;
import io.driftless.launcher.engine.SystemStatus;
import io.driftless.launcher.state.StateDirectory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.ObjectMapper;

/**
 * Answers {@code GET /api/status} with a {@link SystemStatus}, {@code GET /health}, {@code POST
 * /api/approve/ID} and {@code /api/reject/ID}, and {@code POST} of each {@link Ask} while it runs.
 * Its address is in the state directory's {@code status} file.
 */
public final class StatusServer {
    private static final String LOOPBACK = "127.0.0.1";

    /** A page of the web that resolves its name to this machine has another host here. */
    private static final Set<String> HOSTS = Set.of("127.0.0.1", "localhost", "[::1]");

    /** Sent along by our own client. */
    static final String ASKED_BY = "X-Driftless";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DisposableServer server;
    private final Path addressFile;

    private StatusServer(DisposableServer server, Path addressFile) {
        this.server = server;
        this.addressFile = addressFile;
    }

    /**
     * @param port 0 for any free one; fails with {@code PORT_IN_USE} where another program listens
     *     there
     */
    public static Mono<StatusServer> start(int port, Answers answers, StateDirectory state) {
        return HttpServer.create()
                .host(LOOPBACK)
                .port(port)
                .route(routes ->
                        routes.get(
                                        "/api/status",
                                        (request, response) ->
                                                answer(request, response, JSON, answers.status()))
                                .post(
                                        "/api/approve/{set}",
                                        (request, response) ->
                                                decide(
                                                        request,
                                                        response,
                                                        answers,
                                                        Decision.APPROVED))
                                .post(
                                        "/api/reject/{set}",
                                        (request, response) ->
                                                decide(
                                                        request,
                                                        response,
                                                        answers,
                                                        Decision.REJECTED))
                                .post(
                                        "/api/{ask}",
                                        (request, response) -> ask(request, response, answers))
                                .get(
                                        "/health",
                                        (request, response) ->
                                                answer(
                                                        request,
                                                        response,
                                                        JSON,
                                                        StatusServer::health)))
                .bind()
                .<StatusServer>map(
                        server -> new StatusServer(server, write(state.statusAddress(), server)))
                .onErrorMap(ChannelBindException.class, failure -> taken(port, failure));
    }

    /**
     * What it answers with.
     *
     * @param decide says of a set of removals what is to become of it; false where there is none
     * @param ask has something done now
     */
    public record Answers(
            Supplier<SystemStatus> status,
            BiFunction<ApprovalId, Decision, Mono<Boolean>> decide,
            Function<Ask, Mono<Void>> ask) {}

    private static Mono<Void> ask(
            HttpServerRequest request, HttpServerResponse response, Answers answers) {
        if (!isOurs(request)) {
            return response.status(HttpResponseStatus.FORBIDDEN).send();
        }
        String word = String.valueOf(request.param("ask"));
        return Arrays.stream(Ask.values())
                .filter(ask -> ask.word().equals(word))
                .findFirst()
                .map(ask ->
                        answers.ask()
                                .apply(ask)
                                .then(
                                        Mono.defer(() ->
                                                response.status(HttpResponseStatus.NO_CONTENT)
                                                        .send()
                                                        .then()))
                                .onErrorResume(
                                        SyncException.class,
                                        failure ->
                                                response.status(
                                                                HttpResponseStatus
                                                                        .SERVICE_UNAVAILABLE)
                                                        .send()
                                                        .then()))
                .orElseGet(() -> response.sendNotFound().then());
    }

    private static Mono<Void> decide(
            HttpServerRequest request,
            HttpServerResponse response,
            Answers answers,
            Decision decision) {
        if (!isOurs(request)) {
            return response.status(HttpResponseStatus.FORBIDDEN).send();
        }
        return Mono.fromCallable(() -> new ApprovalId(String.valueOf(request.param("set"))))
                .flatMap(set -> answers.decide().apply(set, decision))
                .onErrorResume(
                        SyncException.class,
                        failure ->
                                failure.code() == ErrorCode.BAD_USAGE
                                        ? Mono.just(false)
                                        : Mono.error(failure))
                .flatMap(isDecided ->
                        response.status(
                                        isDecided
                                                ? HttpResponseStatus.NO_CONTENT
                                                : HttpResponseStatus.NOT_FOUND)
                                .send());
    }

    /**
     * A page of the web can make a browser send a plain request to this machine, but not with a
     * header of ours.
     */
    private static boolean isOurs(HttpServerRequest request) {
        return !isForeign(request) && request.requestHeaders().get(ASKED_BY) != null;
    }

    private static boolean isForeign(HttpServerRequest request) {
        String host =
                String.valueOf(request.requestHeaders().get(HttpHeaderNames.HOST))
                        .replaceFirst(":\\d+$", "");
        return !HOSTS.contains(host);
    }

    private static Object health() {
        return Map.of("status", "up");
    }

    private static Mono<Void> answer(
            HttpServerRequest request,
            HttpServerResponse response,
            ObjectMapper json,
            Supplier<?> body) {
        if (isForeign(request)) {
            return response.status(HttpResponseStatus.FORBIDDEN).send();
        }
        return response.header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .sendString(Mono.fromCallable(() -> json.writeValueAsString(body.get())))
                .then();
    }

    private static SyncException taken(int port, Throwable cause) {
        return new SyncException(
                ErrorCode.PORT_IN_USE, "Port " + port + " on " + LOOPBACK + " is taken.", cause);
    }

    /** Whole at once: a reader sees the old address or the new one. */
    private static Path write(Path file, DisposableServer server) {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(next, url(server) + "\n");
            return Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            server.disposeNow();
            throw new SyncException(
                    ErrorCode.STATE_CORRUPT,
                    file + " cannot be written: " + failure + ".",
                    failure);
        }
    }

    /** Where it answers. */
    public String url() {
        return url(server);
    }

    private static String url(DisposableServer server) {
        return "http://" + LOOPBACK + ":" + server.port();
    }

    public Mono<Void> close() {
        return Mono.fromCallable(() -> Files.deleteIfExists(addressFile))
                .then(Mono.<Void>fromRunnable(server::dispose))
                .onErrorResume(IOException.class, _ -> Mono.<Void>fromRunnable(server::dispose))
                .then(server.onDispose());
    }
}
