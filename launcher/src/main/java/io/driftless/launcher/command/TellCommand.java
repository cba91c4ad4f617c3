package io.driftless.launcher.command;

import io.driftless.adapter.http.StatusClient;
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
        Mono<StatusClient> client = Mono.fromCallable(() -> systems.client(context));
        Mono<List<URI>> addresses = Mono.fromCallable(() -> systems.addresses(context));
        return Mono.zip(client, addresses)
                .subscribeOn(context.blocking())
                .flatMap(found -> tell(found.getT1(), found.getT2(), systems.isNamed()))
                .thenReturn(ExitStatus.CONVERGED);
    }

    @Override
    public final OutputOptions output() {
        return output;
    }
}
