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
 * Directories are compared by their real paths and by where they lie, so neither a symlink nor a
 * mount can hide that two are one.
 */
public final class Preflight {
    private static final List<Path> VIRTUAL = List.of(Path.of("/proc"), Path.of("/sys"));

    private final Mounts mounts;
    private final List<Tree> homes;

    /**
     * @param environment names the user's home, which no target may contain
     */
    public Preflight(Map<String, String> environment) {
        this(environment, Mounts.ofThisProcess());
    }

    Preflight(Map<String, String> environment, Mounts mounts) {
        this.mounts = mounts;
        this.homes =
                Stream.of(environment.get("HOME"), System.getProperty("user.home"))
                        .filter(Objects::nonNull)
                        .filter(home -> home.startsWith("/") && home.length() > 1)
                        .distinct()
                        .map(home -> Tree.of(realOf(Path.of(home)), mounts))
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
        if (real.getParent() == null || homes.stream().anyMatch(Tree.of(real, mounts)::contains)) {
            throw refuse(
                    ErrorCode.TARGET_UNSAFE,
                    "Target %s is a root or holds a home directory, by its name or through a mount.",
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
    private void checkSources(List<FolderSettings> folders) {
        List<Tree> targets = targetTrees(folders);
        for (Tree source : sourceTrees(folders)) {
            for (Tree target : targets) {
                if (source.contains(target)) {
                    throw refuse(
                            ErrorCode.TARGET_INSIDE_SOURCE,
                            "Target %s is the source %s or lies inside it%s",
                            target.path(),
                            source.path(),
                            source.how(target));
                }
                if (target.contains(source)) {
                    throw refuse(
                            ErrorCode.SOURCE_INSIDE_TARGET,
                            "Source %s lies inside the target %s%s",
                            source.path(),
                            target.path(),
                            source.how(target));
                }
            }
        }
    }

    private void checkTargets(List<FolderSettings> folders) {
        List<Tree> seen = new ArrayList<>();
        for (Tree next : targetTrees(folders)) {
            for (Tree other : seen) {
                if (next.path().equals(other.path())) {
                    throw refuse(ErrorCode.TARGET_TWICE, "Target %s is named twice.", next.path());
                }
                if (next.contains(other) && other.contains(next)) {
                    throw refuse(
                            ErrorCode.TARGET_TWICE,
                            "Targets %s and %s are one%s",
                            other.path(),
                            next.path(),
                            next.how(other));
                }
                if (next.contains(other) || other.contains(next)) {
                    throw refuse(
                            ErrorCode.TARGET_NESTED,
                            "One of the targets %s and %s contains the other%s",
                            other.path(),
                            next.path(),
                            next.how(other));
                }
            }
            seen.add(next);
        }
    }

    private void checkState(Path directory, List<FolderSettings> folders) {
        Tree state = Tree.of(directory, mounts);
        Stream.concat(sourceTrees(folders).stream(), targetTrees(folders).stream())
                .filter(tree -> tree.contains(state) || state.contains(tree))
                .findFirst()
                .ifPresent(tree -> {
                    throw refuse(
                            ErrorCode.STATE_INSIDE_TREE,
                            "The state directory %s and %s lie one inside the other%s",
                            state.path(),
                            tree.path(),
                            tree.how(state));
                });
    }

    private List<Tree> sourceTrees(List<FolderSettings> folders) {
        return folders.stream().map(folder -> Tree.ofSource(folder.source(), mounts)).toList();
    }

    private List<Tree> targetTrees(List<FolderSettings> folders) {
        return folders.stream()
                .flatMap(folder -> folder.targets().stream())
                .map(target -> Tree.of(target.directory(), mounts))
                .toList();
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
