package io.driftless.launcher.command;

import io.driftless.adapter.http.StatusClient;
import io.driftless.status.Ask;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Command;
import reactor.core.publisher.Mono;

@Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        description = "Have a running system try at once what failed and waits for its next try.",
        sortOptions = false)
final class RetryCommand extends TellCommand {
    RetryCommand(CommandContext context) {
        super(context);
    }

    @Override
    Mono<Void> tell(StatusClient client, List<URI> addresses, boolean isNamed) {
        return client.tell(addresses, isNamed, Ask.RETRY);
    }
}
