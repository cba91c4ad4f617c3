package io.driftless.launcher;

import io.driftless.launcher.command.CommandContext;
import io.driftless.launcher.command.Commands;
import io.driftless.launcher.engine.EngineFactory;
import io.driftless.launcher.local.LocalEngineFactory;
import io.driftless.launcher.output.Console;
import io.driftless.launcher.output.Terminal;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpResources;
import reactor.netty.tcp.TcpResources;

/** The command line as a process. */
public final class DriftlessApplication {
    private static final int OUT_BUFFER_BYTES = 64 << 10;
    private static final Duration MAX_NETWORK_END = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(DriftlessApplication.class);

    private DriftlessApplication() {}

    public static void main(String[] arguments) {
        run(arguments, new LocalEngineFactory(System.getenv()));
    }

    /**
     * Ends the process with the exit status, also where threads of an embedded server still run.
     */
    static void run(String[] arguments, EngineFactory engines) {
        Interruption interruption = Interruption.listen();
        Hooks.onErrorDropped(DriftlessApplication::failedBesides);
        Map<String, String> environment = System.getenv();
        Console console = new Console(out(), System.err, Terminal.detect(environment));
        System.setErr(console.errors());
        CommandContext context =
                new CommandContext(
                        engines,
                        console,
                        environment,
                        Path.of("").toAbsolutePath(),
                        InstantSource.system(),
                        Schedulers.parallel(),
                        Schedulers.boundedElastic(),
                        interruption.requested());
        int status =
                Objects.requireNonNull(
                        new Commands(context)
                                .run(List.of(arguments))
                                .delayUntil(_ -> endNetwork())
                                .block());
        interruption.programIsDone();
        System.exit(status);
    }

    /** Several pieces of one work can fail; the first tells what became of it. */
    private static void failedBesides(Throwable failure) {
        LOG.info("failed besides: {}", failure.toString());
    }

    /**
     * Ends the threads of connections: they wait in native code, and the virtual machine gives such
     * threads 0.3 s to come back before it ends.
     */
    private static Mono<Void> endNetwork() {
        return Mono.when(
                HttpResources.disposeLoopsAndConnectionsLater(Duration.ZERO, MAX_NETWORK_END),
                TcpResources.disposeLoopsAndConnectionsLater(Duration.ZERO, MAX_NETWORK_END));
    }

    private static PrintStream out() {
        FileOutputStream raw = new FileOutputStream(FileDescriptor.out);
        return new PrintStream(
                new BufferedOutputStream(raw, OUT_BUFFER_BYTES), false, StandardCharsets.UTF_8);
    }
}
