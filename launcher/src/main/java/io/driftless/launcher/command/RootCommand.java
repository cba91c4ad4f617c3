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
            "Exit status: 0 converged, 1 not converged or a difference found, 2 wrong use",
            "or nothing is running, 3 removals wait for approval and all else is right,",
            "130 interrupted (Ctrl-C, SIGTERM).",
            "",
            "The environment can set these options, --full-scan as DRIFTLESS_FULL_SCAN:",
            "--state, --store, --mode, --full-scan, --target-scan, --scrub, --status-port,",
            "--removal-ratio, --removal-floor, --removal-window, --url, --token-file."
        })
final class RootCommand {}
