package io.driftless.launcher.command;

import io.driftless.launcher.output.JsonOutput;
import io.driftless.launcher.output.Output;
import io.driftless.launcher.output.PlainOutput;
import io.driftless.launcher.output.Verbosity;
import io.driftless.launcher.settings.FolderSettings;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.settings.TargetSettings;
import io.driftless.tree.TargetId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How much is told, and in which form. */
final class OutputOptions {
    @Option(names = "--json", description = "One JSON object a line on standard output.")
    private boolean json;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say more: causes and what is going on.")
    private boolean verbose;

    @Option(
            names = {"-q", "--quiet"},
            description = "Say only what went wrong.")
    private boolean quiet;

    Verbosity verbosity() {
        return verbose ? Verbosity.VERBOSE : quiet ? Verbosity.QUIET : Verbosity.NORMAL;
    }

    Output open(CommandContext context, List<FolderSettings> folders) {
        Set<TargetId> targets =
                folders.stream()
                        .flatMap(folder -> folder.targets().stream())
                        .map(TargetSettings::id)
                        .collect(Collectors.toSet());
        PlainOutput plain =
                new PlainOutput(context.console(), verbosity(), targets, context.clock());
        return json ? new JsonOutput(context.console(), plain, context.clock()) : plain;
    }

    Output open(CommandContext context, RunSettings settings) {
        return open(context, settings.folders());
    }

    Output open(CommandContext context) {
        return open(context, List.of());
    }
}
