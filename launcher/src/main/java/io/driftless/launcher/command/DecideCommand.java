package io.driftless.launcher.command;

import io.driftless.adapter.http.StatusClient;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Standing.Decision;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells a running system what is to become of removals that wait. */
abstract class DecideCommand extends TellCommand {
    private final Decision decision;

    @Parameters(
            paramLabel = "ID",
            arity = "1..*",
            description = "What `driftless status` calls the removals.")
    private List<ApprovalId> sets = new ArrayList<>();

    DecideCommand(CommandContext context, Decision decision) {
        super(context);
        this.decision = decision;
    }

    @Override
    final Mono<Void> tell(StatusClient client, List<URI> addresses, boolean isNamed) {
        return Flux.fromIterable(sets)
                .concatMap(set -> client.decide(addresses, isNamed, set, decision))
                .then();
    }
}
