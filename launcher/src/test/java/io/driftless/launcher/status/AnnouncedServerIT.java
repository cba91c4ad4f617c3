package io.driftless.launcher.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.http.StatusClient;
import io.driftless.adapter.http.StatusServer.Answers;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.status.SystemStatus;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class AnnouncedServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final SystemStatus STATUS =
            new SystemStatus("1.0", 4711, Instant.parse("2026-03-01T12:00:00Z"), List.of());

    @TempDir Path home;
    private Path directory;
    private StateDirectory state;
    private AnnouncedServer server;

    @BeforeEach
    void start() {
        directory = home.resolve("state");
        state = StateDirectory.open(directory);
        server = start(0);
    }

    @AfterEach
    void stop() {
        server.close().block(PATIENCE);
        state.close();
    }

    private AnnouncedServer start(int port) {
        Answers answers =
                new Answers(Mono.just(STATUS), (_, _) -> Mono.just(false), _ -> Mono.empty());
        return Objects.requireNonNull(
                AnnouncedServer.start(port, answers, state, Schedulers.parallel()).block(PATIENCE));
    }

    @Test
    void is_found_by_its_state_directory() {
        assertThat(ask(StatusAddresses.of(directory))).containsExactly(STATUS);
        assertThat(ask(StatusAddresses.below(home))).contains(STATUS);
        assertThat(URI.create(server.url()).getHost()).isEqualTo("127.0.0.1");
    }

    @Test
    void is_not_found_any_more_after_it_closed() {
        List<URI> addresses = StatusAddresses.of(directory);
        server.close().block(PATIENCE);

        assertThat(StatusAddresses.of(directory)).isEmpty();
        assertFails(ErrorCode.NOT_RUNNING, () -> ask(addresses));
    }

    @Test
    void refuses_a_port_that_is_taken() {
        int port = URI.create(server.url()).getPort();

        assertFails(ErrorCode.PORT_IN_USE, () -> start(port));
    }

    private static List<SystemStatus> ask(List<URI> addresses) {
        return Objects.requireNonNull(
                new StatusClient(Schedulers.parallel(), Optional.empty())
                        .ask(Flux.fromIterable(addresses), true)
                        .collectList()
                        .block(PATIENCE));
    }

    private static void assertFails(ErrorCode code, Runnable use) {
        assertThatThrownBy(use::run)
                .isInstanceOfSatisfying(
                        SyncException.class, failure -> assertThat(failure.code()).isEqualTo(code));
    }
}
