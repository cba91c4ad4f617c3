package io.driftless.event;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * "Look there." May be lost, doubled, late or wrong; the looker reads the state.
 *
 * @param directory the directory that is meant or that holds {@code paths}
 * @param paths for {@link Scope#ENTRY} the paths to look at, all directly in {@code directory} (or
 *     the root itself, in the root), 1 to {@link #MAX_PATHS}; empty for the other scopes
 * @param run the source run this hint belongs to
 */
public record Hint(
        FolderId folder,
        EntryPath directory,
        Scope scope,
        List<EntryPath> paths,
        Origin origin,
        Optional<UUID> run)
        implements Event {
    public static final int MAX_PATHS = 500;

    /** How much is meant. */
    public enum Scope {
        /** The named paths and their directory. */
        ENTRY,
        /** The directory and everything directly in it. */
        DIRECTORY,
        /** The directory and everything below it. */
        TREE
    }

    /** Who said it. */
    public enum Origin {
        WATCH,
        RUN,
        RETRY,
        TRANSFER,
        OPERATOR
    }

    public Hint {
        paths = List.copyOf(paths);
        boolean needsPaths = scope == Scope.ENTRY;
        if (paths.size() > MAX_PATHS || paths.isEmpty() == needsPaths) {
            throw new SyncException(
                    ErrorCode.MESSAGE_MALFORMED,
                    "A hint of scope " + scope + " cannot have " + paths.size() + " paths.");
        }
        for (EntryPath path : paths) {
            if (!path.parent().equals(directory)) {
                throw new SyncException(
                        ErrorCode.MESSAGE_MALFORMED,
                        path + " is not directly in " + directory + ".");
            }
        }
    }

    public static Hint tree(FolderId folder, EntryPath top, Origin origin, Optional<UUID> run) {
        return new Hint(folder, top, Scope.TREE, List.of(), origin, run);
    }

    public static Hint directory(FolderId folder, EntryPath directory, Origin origin) {
        return new Hint(folder, directory, Scope.DIRECTORY, List.of(), origin, Optional.empty());
    }

    public static Hint entries(
            FolderId folder, EntryPath directory, List<EntryPath> paths, Origin origin) {
        return new Hint(folder, directory, Scope.ENTRY, paths, origin, Optional.empty());
    }

    @Override
    public String key() {
        return folder + "/" + directory;
    }
}
