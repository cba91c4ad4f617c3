package io.driftless.launcher.command;

import io.driftless.adapter.http.ApiToken;
import io.driftless.adapter.http.StatusClient;
import io.driftless.launcher.settings.Directories;
import io.driftless.launcher.settings.StateHome;
import io.driftless.launcher.status.StatusAddresses;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which running systems are meant. */
final class SystemOptions {
    private static final String TOKEN = "DRIFTLESS_TOKEN";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = {
                "Where the system answers. Default: every system of this user whose state is below",
                "$XDG_STATE_HOME/driftless, or else",
                "~/.local/state/driftless."
            })
    private Optional<URI> url = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = {
                "The file with the token that the system at --url wants.",
                "Without it, the token is what DRIFTLESS_TOKEN holds."
            })
    private Optional<Path> tokenFile = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "The state directory of the system, where it is another, as by `state` in its settings file.")
    private Optional<String> state = Optional.empty();

    /** Somebody named the address: why it does not answer is then said. */
    boolean isNamed() {
        return url.isPresent();
    }

    /** Reads the disk. */
    List<URI> addresses(CommandContext context) {
        return StatusAddresses.named(
                url,
                state.map(text -> Directories.absolute(text, context.workingDirectory())),
                () -> StateHome.of(context.environment()));
    }

    /** Reads the disk. What is not named is on this machine and wants no token: it sees none. */
    StatusClient client(CommandContext context) {
        return new StatusClient(
                context.timer(), url.isPresent() ? token(context) : Optional.empty());
    }

    private Optional<ApiToken> token(CommandContext context) {
        return tokenFile
                .map(context.workingDirectory()::resolve)
                .map(ApiToken::read)
                .or(() ->
                        Optional.ofNullable(context.environment().get(TOKEN))
                                .filter(text -> !text.isEmpty())
                                .map(text -> ApiToken.of(text, TOKEN)));
    }
}
