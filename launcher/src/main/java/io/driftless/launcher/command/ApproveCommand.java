package io.driftless.launcher.command;

import io.driftless.guard.Standing.Decision;
import picocli.CommandLine.Command;

@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        description =
                "Let removals go that wait for approval: those whose paths are still gone at the source.",
        sortOptions = false)
final class ApproveCommand extends DecideCommand {
    ApproveCommand(CommandContext context) {
        super(context, Decision.APPROVED);
    }
}
