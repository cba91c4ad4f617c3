package io.driftless.launcher.command;

import io.driftless.adapter.http.StatusClient;
import io.driftless.status.Ask;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

@Command(
        name = "scan",
        mixinStandardHelpOptions = true,
        description =
                "Have a running system look at every entry of its sources and targets now, not by the clock.",
        sortOptions = false)
final class ScanCommand extends TellCommand {
    @Option(
            names = "--content",
            description = "Read every file at the targets as well, to prove what it holds.")
    private boolean isContent;

    ScanCommand(CommandContext context) {
        super(context);
    }

    @Override
    Mono<Void> tell(StatusClient client, List<URI> addresses, boolean isNamed) {
        return client.tell(addresses, isNamed, isContent ? Ask.RESYNC : Ask.SCAN);
    }
}
