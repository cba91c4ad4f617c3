package io.driftless.launcher.settings;

import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.DurationText;
import io.driftless.plan.Mode;
import io.driftless.reconciler.Schedule;
import io.driftless.tree.FolderId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The options as given, before they are settings. What the command line says goes before the
 * environment (read by the command line's own defaults), and both go before the settings file.
 *
 * @param targets each {@code DIR} or {@code NAME=DIR}
 */
public record Wishes(
        Optional<Path> config,
        Optional<String> source,
        List<String> targets,
        Optional<Mode> mode,
        Optional<String> state,
        Optional<String> store,
        Optional<String> fullScan,
        Optional<String> targetScan,
        Optional<String> scrub,
        Optional<Integer> statusPort,
        GuardWishes guards) {
    /** The folder of a command line that names its source: there is only the one. */
    private static final FolderId ONLY_FOLDER = new FolderId("default");

    private static final int STATE_NAME_BYTES = 8;

    /**
     * Makes settings of them.
     *
     * @param workingDirectory what relative directories are relative to
     * @throws SyncException {@code BAD_USAGE} or {@code BAD_SETTING}
     */
    public RunSettings settle(Path workingDirectory, Map<String, String> environment) {
        checkUse();
        Optional<SettingsFile> file = config.map(workingDirectory::resolve).map(SettingsFile::read);
        List<FolderSettings> folders =
                file.map(settings -> settings.folders(schedule()))
                        .orElseGet(() -> onlyFolder(workingDirectory));
        return new RunSettings(
                state.map(text -> Directories.absolute(text, workingDirectory))
                        .or(() -> file.flatMap(SettingsFile::state))
                        .orElseGet(() -> defaultState(workingDirectory, environment)),
                folders,
                file.map(settings -> settings.store(store))
                        .orElseGet(() -> store.map(StoreSettings::parse))
                        .orElseGet(StoreSettings.Directory::new),
                file.map(SettingsFile::retention).orElse(RetentionSettings.DEFAULT),
                statusPort.or(() -> file.flatMap(SettingsFile::statusPort)).orElse(0),
                guards.or(file.map(SettingsFile::guards).orElse(GuardWishes.NONE)).settle(),
                checks(file));
    }

    private Optional<Schedule> schedule() {
        return fullScan.map(text -> Schedule.parse("driftless.full-scan", text));
    }

    private TargetChecks checks(Optional<SettingsFile> file) {
        return new TargetChecks(
                targetScan
                        .or(() -> file.flatMap(SettingsFile::targetScan))
                        .map(text -> DurationText.parse("driftless.target-scan", text))
                        .orElse(TargetChecks.DEFAULT.scanEvery()),
                scrub.or(() -> file.flatMap(SettingsFile::scrub))
                        .map(text -> SizeText.parse("driftless.scrub", text))
                        .orElse(TargetChecks.DEFAULT.scrubBytesPerHour()));
    }

    private void checkUse() {
        boolean namesFolder = source.isPresent() || !targets.isEmpty() || mode.isPresent();
        if (config.isPresent() && namesFolder) {
            throw new SyncException(
                    ErrorCode.BAD_USAGE,
                    "--config goes without --source, --target and --mode: the file says them.");
        }
        if (config.isEmpty() && !namesFolder) {
            throw new SyncException(
                    ErrorCode.BAD_USAGE, "--source and --target are missing, or --config.");
        }
        if (config.isEmpty() && source.isEmpty()) {
            throw new SyncException(ErrorCode.BAD_USAGE, "--source is missing.");
        }
        if (config.isEmpty() && targets.isEmpty()) {
            throw new SyncException(ErrorCode.BAD_USAGE, "--target is missing.");
        }
    }

    private List<FolderSettings> onlyFolder(Path workingDirectory) {
        Path directory = Directories.absolute(source.orElse(""), workingDirectory);
        return List.of(
                new FolderSettings(
                        ONLY_FOLDER,
                        directory,
                        TargetNames.parse(targets, mode.orElse(Mode.MIRROR), workingDirectory),
                        schedule().orElse(FolderSettings.DEFAULT_FULL_SCAN)));
    }

    /**
     * One directory for each source, or for each settings file: the next run of the same command
     * finds it again. A settings file that is a link keeps its own name, for it may be turned to
     * another.
     */
    private Path defaultState(Path workingDirectory, Map<String, String> environment) {
        Path named =
                config.map(workingDirectory::resolve)
                        .map(Wishes::placeOf)
                        .orElseGet(() ->
                                Preflight.realOf(
                                        Directories.absolute(source.orElse(""), workingDirectory)));
        byte[] digest = Sha256.digestOf(named.toString().getBytes(StandardCharsets.UTF_8));
        return StateHome.of(environment)
                .resolve(HexFormat.of().formatHex(digest, 0, STATE_NAME_BYTES));
    }

    private static Path placeOf(Path file) {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        return Preflight.realOf(directory).resolve(Objects.requireNonNull(file.getFileName()));
    }
}
