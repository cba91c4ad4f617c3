package io.driftless.launcher.status;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.engine.SystemStatus;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
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

    private Mono<SystemStatus> ask(URI address) {
        String base = address.toString().replaceFirst("/+$", "");
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
