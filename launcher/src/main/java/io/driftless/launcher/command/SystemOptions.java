package io.driftless.launcher.command;

import io.driftless.launcher.settings.StateHome;
import io.driftless.launcher.status.StatusAddresses;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which running systems are meant. */
final class SystemOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Where the system answers. Default: every system of this user.")
    private Optional<URI> url = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "The state directory of the system.")
    private Optional<Path> state = Optional.empty();

    /** Somebody named the address: why it does not answer is then said. */
    boolean isNamed() {
        return url.isPresent();
    }

    /** Reads the disk. */
    List<URI> addresses(CommandContext context) {
        return StatusAddresses.named(
                url,
                state.map(context.workingDirectory()::resolve),
                StateHome.of(context.environment()));
    }
}
