package io.driftless.launcher.status;

import io.driftless.adapter.http.StatusServer;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A server on loopback whose address is in the state directory's {@code status} file while it runs.
 */
public final class AnnouncedServer {
    private final StatusServer server;
    private final Path addressFile;

    private AnnouncedServer(StatusServer server, Path addressFile) {
        this.server = server;
        this.addressFile = addressFile;
    }

    /**
     * @param port 0 for any free one; fails with {@code PORT_IN_USE} where another program listens
     *     there
     */
    public static Mono<AnnouncedServer> start(
            int port, StatusServer.Answers answers, StateDirectory state, Scheduler timer) {
        return StatusServer.start(StatusServer.Listen.onLoopback(port), answers, timer)
                .flatMap(server -> announce(server, state.statusAddress()));
    }

    private static Mono<AnnouncedServer> announce(StatusServer server, Path file) {
        return Mono.fromCallable(() -> new AnnouncedServer(server, write(file, server)))
                .onErrorResume(
                        SyncException.class, failure -> server.close().then(Mono.error(failure)));
    }

    /** Whole at once: a reader sees the old address or the new one. */
    private static Path write(Path file, StatusServer server) {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(next, server.url() + "\n");
            return Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw new SyncException(
                    ErrorCode.STATE_CORRUPT,
                    file + " cannot be written: " + failure + ".",
                    failure);
        }
    }

    /** Where it answers. */
    public String url() {
        return server.url();
    }

    public Mono<Void> close() {
        return Mono.fromCallable(() -> Files.deleteIfExists(addressFile))
                .then(Mono.defer(server::close))
                .onErrorResume(IOException.class, _ -> server.close());
    }
}
