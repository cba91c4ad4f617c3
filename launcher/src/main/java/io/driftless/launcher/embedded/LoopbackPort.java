package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports that only this machine can reach. */
final class LoopbackPort {
    static final String HOST = "127.0.0.1";

    private static final int FIRST = 20_000;
    private static final int END = 32_000;
    private static final int MAX_TRIES = 200;

    private LoopbackPort() {}

    /**
     * A port that is free at the moment. It is one that systems do not hand out to clients, so that
     * no connection takes it before the server does.
     */
    static int free() {
        for (int i = 0; i < MAX_TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port)) {
                return port;
            }
        }
        try (ServerSocket probe = bound(0)) {
            return probe.getLocalPort();
        } catch (IOException none) {
            throw new SyncException(
                    ErrorCode.START_FAILED, "There is no free port on " + HOST + ".", none);
        }
    }

    /** The port that was asked for, which must be free; for 0 any that is. */
    static int chosen(int asked) {
        if (asked == 0) {
            return free();
        }
        check(asked);
        return asked;
    }

    static boolean isFree(int port) {
        try (ServerSocket probe = bound(port)) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    /** Throws {@code PORT_IN_USE} where somebody listens there. */
    static void check(int port) {
        if (!isFree(port)) {
            throw new SyncException(
                    ErrorCode.PORT_IN_USE, "Somebody listens on " + HOST + ":" + port + ".");
        }
    }

    /** As a server binds it: connections that just ended do not count. */
    private static ServerSocket bound(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(HOST, port), 1);
            return socket;
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }
}
