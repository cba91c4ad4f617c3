package io.driftless.adapter.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;
import java.util.Set;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Who is let in. With a token whoever shows it. Without one whoever is on this machine, which
 * includes its browser: so a page of the web must not be able to ask or tell anything.
 */
final class Gate {
    /** A page of the web that resolves its name to this machine has another host here. */
    private static final Set<String> HOSTS = Set.of("127.0.0.1", "localhost", "[::1]");

    /**
     * Sent along by our own client. A page of the web can make a browser send a plain request to
     * this machine, but not with a header of ours.
     */
    static final String ASKED_BY = "X-Driftless";

    private final Optional<ApiToken> token;

    Gate(Optional<ApiToken> token) {
        this.token = token;
    }

    /** Why the request is not answered; empty where it is. */
    Optional<HttpResponseStatus> refusal(HttpServerRequest request) {
        HttpHeaders headers = request.requestHeaders();
        if (hasBody(headers)) {
            return Optional.of(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        }
        if (token.isPresent()) {
            String shown = headers.get(HttpHeaderNames.AUTHORIZATION, "");
            return token.get().isShownBy(shown)
                    ? Optional.empty()
                    : Optional.of(HttpResponseStatus.UNAUTHORIZED);
        }
        boolean isPlain = request.method().equals(HttpMethod.POST) && headers.get(ASKED_BY) == null;
        return isForeign(headers) || isPlain
                ? Optional.of(HttpResponseStatus.FORBIDDEN)
                : Optional.empty();
    }

    /** As {@link #refusal}, for what anybody may know. */
    Optional<HttpResponseStatus> refusalOfHealth(HttpServerRequest request) {
        if (hasBody(request.requestHeaders())) {
            return Optional.of(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        }
        return token.isEmpty() && isForeign(request.requestHeaders())
                ? Optional.of(HttpResponseStatus.FORBIDDEN)
                : Optional.empty();
    }

    /** Nothing that can be asked needs one, so none is ever read. */
    private static boolean hasBody(HttpHeaders headers) {
        return headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || !headers.get(HttpHeaderNames.CONTENT_LENGTH, "0").equals("0");
    }

    private static boolean isForeign(HttpHeaders headers) {
        String host = headers.get(HttpHeaderNames.HOST, "").replaceFirst(":\\d+$", "");
        return !HOSTS.contains(host);
    }
}
