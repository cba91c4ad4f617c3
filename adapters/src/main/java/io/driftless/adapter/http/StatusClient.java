package io.driftless.adapter.http;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.status.Ask;
import io.driftless.status.SystemStatus;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Asks running systems how they are, and tells them what to do. */
public final class StatusClient {
    /** Longer than a system takes to say that it cannot. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final int NOT_ANSWERED = 0;
    private static final int MAX_ANSWER_BYTES = 16 << 20;

    private final ObjectMapper json =
            JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
    private final Scheduler timer;
    private final Optional<ApiToken> token;

    /**
     * @param token shown to every system that is asked
     */
    public StatusClient(Scheduler timer, Optional<ApiToken> token) {
        this.timer = timer;
        this.token = token;
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
        return understood(
                address,
                client().post()
                        .uri(base(address) + path)
                        .response((response, body) ->
                                body(body)
                                        .flatMap(text ->
                                                outcome(address, response.status().code(), text)))
                        .next());
    }

    private Mono<Integer> outcome(URI address, int status, byte[] text) {
        return switch (status) {
            case 204, 404 -> Mono.just(status);
            default -> Mono.error(refusal(address, status, text));
        };
    }

    private Mono<SystemStatus> ask(URI address) {
        return understood(
                address,
                client().get()
                        .uri(base(address) + "/api/status")
                        .response((response, body) ->
                                body(body)
                                        .flatMap(text ->
                                                status(address, response.status().code(), text)))
                        .next());
    }

    private Mono<SystemStatus> status(URI address, int status, byte[] text) {
        return status == 200
                ? Mono.fromCallable(() -> json.readValue(text, SystemStatus.class))
                : Mono.error(refusal(address, status, text));
    }

    private HttpClient client() {
        return HttpClient.newConnection()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_LIMIT.toMillis())
                .headers(this::introduce);
    }

    private void introduce(HttpHeaders headers) {
        headers.set(Gate.ASKED_BY, "1");
        token.ifPresent(known -> headers.set(HttpHeaderNames.AUTHORIZATION, known.authorization()));
    }

    /** Whatever answers there may not be ours: it gives no more than there is room for. */
    private static Mono<byte[]> body(ByteBufFlux body) {
        return body.asByteArray()
                .collect(ByteArrayOutputStream::new, StatusClient::append)
                .map(ByteArrayOutputStream::toByteArray);
    }

    private static void append(ByteArrayOutputStream all, byte[] next) {
        if (all.size() + next.length > MAX_ANSWER_BYTES) {
            throw new IllegalArgumentException("it answered with too much");
        }
        all.writeBytes(next);
    }

    private Exception refusal(URI address, int status, byte[] text) {
        return switch (status) {
            case 401 ->
                    new SyncException(
                            ErrorCode.TOKEN_REFUSED,
                            token.isPresent()
                                    ? "The system at " + address + " has another token."
                                    : "The system at " + address + " wants a token.");
            case 503 ->
                    new SyncException(
                            ErrorCode.DEPENDENCY_UNAVAILABLE,
                            "The system at %s cannot do it now: %s Do it again later; doing it twice does no harm."
                                    .formatted(address, reason(text)));
            default -> new IOException("it answered " + status);
        };
    }

    private String reason(byte[] text) {
        try {
            return String.valueOf(json.readValue(text, StatusServer.Trouble.class).message());
        } catch (JacksonException notOurs) {
            return "it does not say why.";
        }
    }

    private <T> Mono<T> understood(URI address, Mono<T> answer) {
        return answer.timeout(PATIENCE, timer)
                .onErrorMap(
                        failure ->
                                failure instanceof IOException
                                        || failure instanceof TimeoutException
                                        || failure instanceof IllegalArgumentException
                                        || failure instanceof JacksonException,
                        failure -> notRunning(address, failure));
    }

    private static boolean isGone(Throwable failure) {
        return failure instanceof SyncException known && known.code() == ErrorCode.NOT_RUNNING;
    }

    private static String base(URI address) {
        return address.toString().replaceFirst("/+$", "");
    }

    private static SyncException notRunning(URI address, Throwable failure) {
        return new SyncException(
                ErrorCode.NOT_RUNNING,
                "Nothing of ours answers at " + address + ": " + failure.getMessage() + ".",
                failure);
    }
}
