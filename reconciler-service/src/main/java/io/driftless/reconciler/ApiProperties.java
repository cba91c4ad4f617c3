package io.driftless.reconciler;

import io.driftless.adapter.http.ApiToken;
import io.driftless.adapter.http.StatusServer.Listen;
import io.driftless.hosting.Allowed;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the HTTP API answers, and to whom.
 *
 * @param port 0 for any free one, -1 for no API
 * @param address of this machine; on loopback it answers whoever is on this machine
 * @param tokenFile what requests must show; needed beyond loopback
 */
record ApiProperties(
        @DefaultValue("9405") int port,
        @DefaultValue("127.0.0.1") String address,
        @DefaultValue("") String tokenFile) {
    private static final String KEY = "driftless.reconcile.api.";
    private static final int NONE = -1;

    ApiProperties {
        Allowed.between(KEY + "port", port, NONE, 65_535);
        Allowed.check(!address.isBlank(), KEY + "address", address, "a name or an address");
    }

    /** Empty where there is to be no API. Reads the disk, and fails where a token is missing. */
    Optional<Listen> listen() {
        if (port == NONE) {
            return Optional.empty();
        }
        if (!tokenFile.isEmpty()) {
            Path file = Allowed.absolutePath(KEY + "token-file", tokenFile);
            return Optional.of(new Listen(address, port, Optional.of(ApiToken.read(file))));
        }
        Listen listen = new Listen(address, port, Optional.empty());
        Allowed.check(
                listen.isLoopback(),
                KEY + "token-file",
                "",
                "the file of a token, as others than this machine can reach " + address);
        return Optional.of(listen);
    }
}
