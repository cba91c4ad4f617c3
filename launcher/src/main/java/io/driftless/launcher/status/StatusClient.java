package io.driftless.launcher.status;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.engine.Ask;
import io.driftless.launcher.engine.SystemStatus;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Asks running systems how they are. */
public final class StatusClient {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int NOT_ANSWERED = 0;
    private static final int MAX_ANSWER_BYTES = 16 << 20;

    private final ObjectMapper json =
            JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    private final Scheduler timer;

    public StatusClient(Scheduler timer) {
        this.timer = timer;
    }

    /**
     * What each of them answers, in order; at least one, or {@code NOT_RUNNING}.
     *
     * @param isNamed somebody named the address: why it does not answer is then said
     */
    public Flux<SystemStatus> ask(Flux<URI> addresses, boolean isNamed) {
        return addresses
                .concatMap(address ->
                        ask(address)
                                .onErrorResume(gone -> isNamed ? Mono.error(gone) : Mono.empty()))
                .switchIfEmpty(
                        Mono.error(() ->
                                new SyncException(
                                        ErrorCode.NOT_RUNNING, "No running system was found.")));
    }

    /**
     * Says of a set of removals what is to become of it, to the first system that knows it; {@code
     * NO_SUCH_SET} where none does.
     */
    public Mono<Void> decide(
            List<URI> addresses, boolean isNamed, ApprovalId set, Decision decision) {
        String verb = decision == Decision.APPROVED ? "approve" : "reject";
        return Flux.fromIterable(addresses)
                .concatMap(address ->
                        post(address, "/api/" + verb + "/" + set)
                                .onErrorResume(
                                        failure -> !isNamed && isGone(failure),
                                        gone -> Mono.just(NOT_ANSWERED)))
                .collectList()
                .flatMap(answers -> concluded(answers, set));
    }

    /** Has each of these systems do something now; {@code NOT_RUNNING} where none answers. */
    public Mono<Void> tell(List<URI> addresses, boolean isNamed, Ask ask) {
        return Flux.fromIterable(addresses)
                .concatMap(address ->
                        post(address, "/api/" + ask.word())
                                .onErrorResume(
                                        failure -> !isNamed && isGone(failure),
                                        gone -> Mono.just(NOT_ANSWERED)))
                .collectList()
                .flatMap(answers ->
                        answers.contains(204)
                                ? Mono.empty()
                                : Mono.error(
                                        new SyncException(
                                                ErrorCode.NOT_RUNNING,
                                                "No running system was found.")));
    }

    private static Mono<Void> concluded(List<Integer> answers, ApprovalId set) {
        if (answers.contains(204)) {
            return Mono.empty();
        }
        boolean isAsked = answers.stream().anyMatch(status -> status != NOT_ANSWERED);
        return Mono.error(
                isAsked
                        ? new SyncException(
                                ErrorCode.NO_SUCH_SET, "No removals wait under " + set + ".")
                        : new SyncException(ErrorCode.NOT_RUNNING, "No running system was found."));
    }

    private Mono<Integer> post(URI address, String path) {
        return HttpClient.newConnection()
                .headers(headers -> headers.set(StatusServer.ASKED_BY, "1"))
                .post()
                .uri(base(address) + path)
                .response()
                .timeout(PATIENCE, timer)
                .map(response -> response.status().code())
                .flatMap(status ->
                        switch (status) {
                            case 204, 404 -> Mono.just(status);
                            case 503 -> Mono.error(busy(address));
                            default -> Mono.error(new IOException("it answered " + status));
                        })
                .onErrorMap(
                        failure ->
                                failure instanceof IOException
                                        || failure instanceof TimeoutException
                                        || failure instanceof IllegalArgumentException,
                        failure -> notRunning(address, failure));
    }

    private static boolean isGone(Throwable failure) {
        return failure instanceof SyncException known && known.code() == ErrorCode.NOT_RUNNING;
    }

    private static SyncException busy(URI address) {
        return new SyncException(
                ErrorCode.DEPENDENCY_UNAVAILABLE,
                "The system at " + address + " cannot tell all of its parts now.");
    }

    private static String base(URI address) {
        return address.toString().replaceFirst("/+$", "");
    }

    private Mono<SystemStatus> ask(URI address) {
        String base = base(address);
        return HttpClient.newConnection()
                .get()
                .uri(base + "/api/status")
                .responseSingle((response, body) ->
                        response.status().code() == 200
                                ? body.asString()
                                : Mono.error(new IOException("it answered " + response.status())))
                .timeout(PATIENCE, timer)
                .filter(text -> text.length() <= MAX_ANSWER_BYTES)
                .map(text -> json.readValue(text, SystemStatus.class))
                .onErrorMap(
                        failure ->
                                failure instanceof IOException
                                        || failure instanceof TimeoutException
                                        || failure instanceof IllegalArgumentException
                                        || failure instanceof JacksonException,
                        failure -> notRunning(address, failure));
    }

    private static SyncException notRunning(URI address, Throwable failure) {
        return new SyncException(
                ErrorCode.NOT_RUNNING,
                "Nothing of ours answers at " + address + ": " + failure.getMessage() + ".",
                failure);
    }
}
