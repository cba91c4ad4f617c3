package io.driftless.launcher.command;

import io.driftless.launcher.output.Output;
import io.driftless.status.SystemStatus;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin private SystemOptions systems = new SystemOptions();

    StatusCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Mono<ExitStatus> run() {
        Output told = output.open(context);
        return Mono.fromCallable(() -> systems.client(context))
                .flatMapMany(client ->
                        client.ask(
                                Flux.fromIterable(systems.addresses(context)), systems.isNamed()))
                .subscribeOn(context.blocking())
                .doOnNext(told::status)
                .collectList()
                .map(StatusCommand::statusOf);
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
