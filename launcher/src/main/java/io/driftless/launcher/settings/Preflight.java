package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Refuses settings that cannot work or would do harm, before anything is started or written.
 * Directories are compared by their real paths, so a symlink cannot hide that two are one.
 */
public final class Preflight {
    private static final List<Path> VIRTUAL = List.of(Path.of("/proc"), Path.of("/sys"));

    private final List<Path> homes;

    /**
     * @param environment names the user's home, which no target may contain
     */
    public Preflight(Map<String, String> environment) {
        this.homes =
                Stream.of(environment.get("HOME"), System.getProperty("user.home"))
                        .filter(Objects::nonNull)
                        .filter(home -> home.startsWith("/") && home.length() > 1)
                        .distinct()
                        .map(home -> realOf(Path.of(home)))
                        .toList();
    }

    /**
     * The same settings with the real path of every directory.
     *
     * @throws SyncException for the first thing that is wrong
     */
    public RunSettings check(RunSettings settings) {
        List<FolderSettings> folders = settings.folders().stream().map(this::checkFolder).toList();
        checkSources(folders);
        checkTargets(folders);
        Path state = Directories.named(realOf(settings.stateDirectory())); // Servers get its name.
        checkState(state, folders);
        return settings.withFolders(folders).withStateDirectory(state);
    }

    private FolderSettings checkFolder(FolderSettings folder) {
        Path source = folder.source();
        if (!Files.exists(source)) {
            throw refuse(ErrorCode.SOURCE_MISSING, "Source %s does not exist.", source);
        }
        if (!Files.isDirectory(source)) {
            throw refuse(ErrorCode.SOURCE_NOT_DIRECTORY, "Source %s is not a directory.", source);
        }
        List<TargetSettings> targets = folder.targets().stream().map(this::checkTarget).toList();
        return new FolderSettings(folder.id(), realOf(source), targets, folder.fullScan());
    }

    private TargetSettings checkTarget(TargetSettings target) {
        Path directory = target.directory();
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(directory)) {
            throw refuse(
                    ErrorCode.TARGET_NOT_DIRECTORY, "Target %s is not a directory.", directory);
        }
        Path real = realOf(directory);
        if (real.getParent() == null
                || homes.stream().anyMatch(home -> Directories.contains(real, home))) {
            throw refuse(
                    ErrorCode.TARGET_UNSAFE,
                    "Target %s is a root or holds a home directory.",
                    directory);
        }
        if (VIRTUAL.stream().anyMatch(virtual -> Directories.contains(virtual, real))) {
            throw refuse(
                    ErrorCode.TARGET_UNSAFE,
                    "Target %s is on a file system of the kernel's own.",
                    directory);
        }
        checkWritable(directory, real);
        return new TargetSettings(target.id(), real, target.mode());
    }

    private static void checkWritable(Path directory, Path real) {
        Path existing = nearestExisting(real);
        if (!Files.isDirectory(existing)) {
            throw refuse(ErrorCode.TARGET_NOT_DIRECTORY, "Target %s lies below a file.", directory);
        }
        if (!Files.isWritable(existing)) {
            throw refuse(
                    ErrorCode.TARGET_NOT_WRITABLE, "Target %s cannot be written to.", directory);
        }
    }

    private static Path nearestExisting(Path path) {
        Path at = path;
        while (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
            Path parent = at.getParent();
            if (parent == null) {
                return at;
            }
            at = parent;
        }
        return at;
    }

    /** Also between folders: one folder's target inside another's source would feed on itself. */
    private static void checkSources(List<FolderSettings> folders) {
        for (FolderSettings folder : folders) {
            for (TargetSettings target : targetsOf(folders)) {
                Path source = folder.source();
                if (Directories.contains(source, target.directory())) {
                    throw refuse(
                            ErrorCode.TARGET_INSIDE_SOURCE,
                            "Target %s is the source %s or lies inside it.",
                            target.directory(),
                            source);
                }
                if (Directories.contains(target.directory(), source)) {
                    throw refuse(
                            ErrorCode.SOURCE_INSIDE_TARGET,
                            "Source %s lies inside the target %s.",
                            source,
                            target.directory());
                }
            }
        }
    }

    private static void checkTargets(List<FolderSettings> folders) {
        List<Path> seen = new ArrayList<>();
        for (TargetSettings target : targetsOf(folders)) {
            Path next = target.directory();
            for (Path other : seen) {
                if (next.equals(other)) {
                    throw refuse(ErrorCode.TARGET_TWICE, "Target %s is named twice.", next);
                }
                if (Directories.contains(next, other) || Directories.contains(other, next)) {
                    throw refuse(
                            ErrorCode.TARGET_NESTED,
                            "One of the targets %s and %s contains the other.",
                            other,
                            next);
                }
            }
            seen.add(next);
        }
    }

    private static void checkState(Path state, List<FolderSettings> folders) {
        Stream<Path> sources = folders.stream().map(FolderSettings::source);
        Stream<Path> targets = targetsOf(folders).stream().map(TargetSettings::directory);
        Stream.concat(sources, targets)
                .filter(tree ->
                        Directories.contains(tree, state) || Directories.contains(state, tree))
                .findFirst()
                .ifPresent(tree -> {
                    throw refuse(
                            ErrorCode.STATE_INSIDE_TREE,
                            "The state directory %s and %s lie one inside the other.",
                            state,
                            tree);
                });
    }

    private static List<TargetSettings> targetsOf(List<FolderSettings> folders) {
        return folders.stream().flatMap(folder -> folder.targets().stream()).toList();
    }

    static Path realOf(Path path) {
        try {
            return Directories.real(path);
        } catch (IOException unreadable) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "The path " + path + " cannot be resolved: " + unreadable.getMessage() + ".",
                    unreadable);
        }
    }

    private static SyncException refuse(ErrorCode code, String format, Object... args) {
        return new SyncException(code, format.formatted(args));
    }
}
