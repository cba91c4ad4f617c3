package io.driftless.launcher.command;

import io.driftless.launcher.engine.SystemStatus;
import io.driftless.launcher.output.Output;
import io.driftless.launcher.settings.StateHome;
import io.driftless.launcher.status.StatusAddresses;
import io.driftless.launcher.status.StatusClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Show folders, targets, lag and deviations of a running system.",
        sortOptions = false)
final class StatusCommand implements Task {
    private final CommandContext context;

    @Mixin private OutputOptions output = new OutputOptions();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Where it answers. Default: every system of this user.")
    private Optional<URI> url = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "The state directory of the system to ask.")
    private Optional<Path> state = Optional.empty();

    StatusCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Mono<ExitStatus> run() {
        Output told = output.open(context);
        return Flux.defer(() -> Flux.fromIterable(addresses()))
                .subscribeOn(context.blocking())
                .as(addresses -> new StatusClient(context.timer()).ask(addresses, url.isPresent()))
                .doOnNext(told::status)
                .collectList()
                .map(StatusCommand::statusOf);
    }

    private List<URI> addresses() {
        return StatusAddresses.named(
                url,
                state.map(context.workingDirectory()::resolve),
                StateHome.of(context.environment()));
    }

    private static ExitStatus statusOf(List<SystemStatus> all) {
        if (!all.stream().allMatch(SystemStatus::isConverged)) {
            return ExitStatus.NOT_CONVERGED;
        }
        boolean isWaiting =
                all.stream()
                        .flatMap(system -> system.folders().stream())
                        .anyMatch(SystemStatus.FolderStatus::isWaiting);
        return isWaiting ? ExitStatus.WAITING : ExitStatus.CONVERGED;
    }

    @Override
    public OutputOptions output() {
        return output;
    }
}
