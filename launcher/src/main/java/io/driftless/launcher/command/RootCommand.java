package io.driftless.launcher.command;

import picocli.CommandLine.Command;

@Command(
        name = "driftless",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Keeps target folders equal to one source folder, and can prove it.",
        footer = {
            "",
            "Exit status: 0 converged, 1 not converged or drift found, 2 wrong use,",
            "130 interrupted.",
            "Options can be set in the environment: --full-scan as DRIFTLESS_FULL_SCAN."
        })
final class RootCommand {}
