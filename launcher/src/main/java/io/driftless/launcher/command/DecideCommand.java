package io.driftless.launcher.command;

import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import io.driftless.launcher.settings.StateHome;
import io.driftless.launcher.status.StatusAddresses;
import io.driftless.launcher.status.StatusClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells a running system what is to become of removals that wait. */
abstract class DecideCommand implements Task {
    private final CommandContext context;
    private final Decision decision;

    @Parameters(
            paramLabel = "ID",
            arity = "1..*",
            description = "What `driftless status` calls the removals.")
    private List<ApprovalId> sets = new ArrayList<>();

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

    DecideCommand(CommandContext context, Decision decision) {
        this.context = context;
        this.decision = decision;
    }

    @Override
    public Mono<ExitStatus> run() {
        StatusClient client = new StatusClient(context.timer());
        return Mono.fromCallable(this::addresses)
                .subscribeOn(context.blocking())
                .flatMapMany(addresses ->
                        Flux.fromIterable(sets)
                                .concatMap(set ->
                                        client.decide(addresses, url.isPresent(), set, decision)))
                .then(Mono.just(ExitStatus.CONVERGED));
    }

    private List<URI> addresses() {
        return StatusAddresses.named(
                url,
                state.map(context.workingDirectory()::resolve),
                StateHome.of(context.environment()));
    }

    @Override
    public OutputOptions output() {
        return output;
    }
}
