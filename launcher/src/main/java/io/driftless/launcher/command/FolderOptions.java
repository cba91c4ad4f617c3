package io.driftless.launcher.command;

import io.driftless.launcher.settings.GuardWishes;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.settings.Wishes;
import io.driftless.plan.Mode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is kept equal to what, and where the state is. */
final class FolderOptions {
    @Option(
            names = "--source",
            paramLabel = "DIR",
            description = "The folder that the targets are kept equal to.")
    private Optional<String> source = Optional.empty();

    @Option(
            names = "--target",
            paramLabel = "[NAME=]DIR",
            description =
                    "A copy to keep; may be given several times. The name defaults to the directory's.")
    private List<String> targets = new ArrayList<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Folders and settings from a YAML file, in place of --source and --target.")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--mode",
            description =
                    "mirror: equal to the source, extras are removed (the default). overlay: everything of the source, extras stay.")
    private Optional<Mode> mode = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = {
                "What is remembered between runs. Default: one for each source, or settings file, below",
                "$XDG_STATE_HOME/driftless, or else",
                "~/.local/state/driftless."
            })
    private Optional<String> state = Optional.empty();

    @Option(
            names = "--store",
            paramLabel = "STORE",
            description = {
                "Where blocks are kept: dir (in the state directory, the default),",
                "s3://BUCKET/PREFIX, or s3-local.",
                "In S3 each state directory needs a bucket or prefix of its own: two systems on one delete each other's objects. A missing bucket is made."
            })
    private Optional<String> store = Optional.empty();

    @Option(
            names = "--full-scan",
            paramLabel = "SCHEDULE",
            description =
                    "When the source is scanned in full while running: an interval, for example 15m (the default), or cron, for example \"0 3 * * *\" (UTC) or \"0 3 * * 1-5 Europe/Berlin\".")
    private Optional<String> fullScan = Optional.empty();

    @Option(
            names = "--target-scan",
            paramLabel = "INTERVAL",
            description =
                    "How often every target is compared with what it should be while running, for example 15m (the default).")
    private Optional<String> targetScan = Optional.empty();

    @Option(
            names = "--scrub",
            paramLabel = "SIZE",
            description =
                    "How many bytes of the files of the source, and of each target, are read again an hour, to find what changed below the file system. Default: 1GB; 0 for none.")
    private Optional<String> scrub = Optional.empty();

    @Option(
            names = "--status-port",
            paramLabel = "PORT",
            description =
                    "Where `driftless status` asks while running, on loopback. Default: any free port.")
    private Optional<Integer> statusPort = Optional.empty();

    @Option(
            names = "--removal-ratio",
            paramLabel = "PART",
            description =
                    "Removals of more than this part of the source wait for approval, for example 25%% (the default).")
    private Optional<String> removalRatio = Optional.empty();

    @Option(
            names = "--removal-floor",
            paramLabel = "COUNT",
            description =
                    "Fewer removals than this never wait, unless they are the last. Default: 50.")
    private Optional<Long> removalFloor = Optional.empty();

    @Option(
            names = "--removal-window",
            paramLabel = "TIME",
            description = "The time over which removals add up. Default: 10m.")
    private Optional<String> removalWindow = Optional.empty();

    @Option(
            names = "--accept-mounts",
            description =
                    "The source is right as it is now: the directory under its name, and what is and is not mounted below. For one start, after a change that was meant.")
    private boolean acceptMounts;

    RunSettings settle(Path workingDirectory, Map<String, String> environment) {
        return new Wishes(
                        config,
                        source,
                        targets,
                        mode,
                        state,
                        store,
                        fullScan,
                        targetScan,
                        scrub,
                        statusPort,
                        guards())
                .settle(workingDirectory, environment);
    }

    /** The settings file as named. */
    Optional<Path> config() {
        return config;
    }

    private GuardWishes guards() {
        return new GuardWishes(removalRatio, removalFloor, removalWindow, acceptMounts);
    }
}
