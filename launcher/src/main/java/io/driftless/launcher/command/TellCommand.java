package io.driftless.launcher.command;

import io.driftless.launcher.status.StatusClient;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Mixin;
import reactor.core.publisher.Mono;

/** Tells running systems something. */
abstract class TellCommand implements Task {
    private final CommandContext context;

    @Mixin private OutputOptions output = new OutputOptions();

    @Mixin private SystemOptions systems = new SystemOptions();

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
        return Mono.fromCallable(() -> systems.addresses(context))
                .subscribeOn(context.blocking())
                .flatMap(addresses -> tell(client, addresses, systems.isNamed()))
                .thenReturn(ExitStatus.CONVERGED);
    }

    @Override
    public final OutputOptions output() {
        return output;
    }
}
