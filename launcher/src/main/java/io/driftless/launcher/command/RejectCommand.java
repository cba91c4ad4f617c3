package io.driftless.launcher.command;

import io.driftless.guard.Standing.Decision;
import picocli.CommandLine.Command;

@Command(
        name = "reject",
        mixinStandardHelpOptions = true,
        description = "Keep at the targets what was removed at the source and waits for approval.",
        sortOptions = false)
final class RejectCommand extends DecideCommand {
    RejectCommand(CommandContext context) {
        super(context, Decision.REJECTED);
    }
}
