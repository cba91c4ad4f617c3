package io.driftless.launcher.local;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** What stands before an S3 server: hands requests on, or refuses them, and counts those. */
final class Gateway implements AutoCloseable {
    private static final String SLOW_DOWN =
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>
            """;

    private final AtomicReference<HttpResponseStatus> refusal =
            new AtomicReference<>(HttpResponseStatus.OK);
    private final AtomicInteger refused = new AtomicInteger();
    private final HttpClient client;
    private final DisposableServer server;

    Gateway(URI s3) {
        this.client = HttpClient.create().baseUrl(s3.toString());
        this.server =
                Objects.requireNonNull(
                        HttpServer.create()
                                .host("127.0.0.1")
                                .port(0)
                                .handle(this::answer)
                                .bindNow());
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** From now on, with this status; the requests refused before do not count any more. */
    void refuse(HttpResponseStatus status) {
        refused.set(0);
        refusal.set(status);
    }

    void handOn() {
        refusal.set(HttpResponseStatus.OK);
    }

    int refused() {
        return refused.get();
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        HttpResponseStatus status = refusal.get();
        if (status.equals(HttpResponseStatus.OK)) {
            return handOn(request, response);
        }
        refused.incrementAndGet();
        return request.receive()
                .then()
                .then(
                        Mono.defer(() ->
                                response.status(status)
                                        .header(HttpHeaderNames.CONTENT_TYPE, "application/xml")
                                        .sendString(Mono.just(SLOW_DOWN))
                                        .then()));
    }

    private Publisher<Void> handOn(HttpServerRequest request, HttpServerResponse response) {
        return client.headers(headers -> headers.set(request.requestHeaders()))
                .request(request.method())
                .uri(request.uri())
                .send((_, out) -> out.send(request.receive().retain()))
                .response((answer, body) -> {
                    response.status(answer.status());
                    response.headers(answer.responseHeaders());
                    return Flux.from(response.send(body.retain()));
                });
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
