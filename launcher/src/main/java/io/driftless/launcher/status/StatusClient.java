package io.driftless.launcher.status;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
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
                                .onErrorResume(gone ->
                                        isNamed ? Mono.error(gone) : Mono.just(NOT_ANSWERED)))
                .collectList()
                .flatMap(answers -> concluded(answers, set));
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
                        status == 204 || status == 404
                                ? Mono.just(status)
                                : Mono.error(new IOException("it answered " + status)))
                .onErrorMap(
                        failure ->
                                failure instanceof IOException
                                        || failure instanceof TimeoutException
                                        || failure instanceof IllegalArgumentException,
                        failure -> notRunning(address, failure));
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
