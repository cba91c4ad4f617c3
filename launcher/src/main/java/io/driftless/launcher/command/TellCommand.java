package io.driftless.launcher.command;

import io.driftless.launcher.settings.StateHome;
import io.driftless.launcher.status.StatusAddresses;
import io.driftless.launcher.status.StatusClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** Tells running systems something. */
abstract class TellCommand implements Task {
    private final CommandContext context;

    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Where the system answers. Default: every system of this user.")
    private Optional<URI> url = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "The state directory of the system to tell.")
    private Optional<Path> state = Optional.empty();

    TellCommand(CommandContext context) {
        this.context = context;
    }

    /**
     * @param isNamed somebody named the address: why it does not answer is then said
     */
    abstract Mono<Void> tell(StatusClient client, List<URI> addresses, boolean isNamed);

    @Override
    public final Mono<ExitStatus> run() {
        StatusClient client = new StatusClient(context.timer());
        return Mono.fromCallable(this::addresses)
                .subscribeOn(context.blocking())
                .flatMap(addresses -> tell(client, addresses, url.isPresent()))
                .thenReturn(ExitStatus.CONVERGED);
    }

    private List<URI> addresses() {
        return StatusAddresses.named(
                url,
                state.map(context.workingDirectory()::resolve),
                StateHome.of(context.environment()));
    }

    @Override
    public final OutputOptions output() {
        return output;
    }
}
