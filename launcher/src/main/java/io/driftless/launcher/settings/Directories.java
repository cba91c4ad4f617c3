package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Directories as people name them. */
public final class Directories {
    /** What stands in a text for bytes that were none. */
    private static final char NO_TEXT = '\uFFFD';

    private Directories() {}

    /**
     * An absolute path without {@code .} and {@code ..}, relative to {@code base}; symlinks are
     * left as they are.
     *
     * @throws SyncException {@code BAD_SETTING} for what names no directory
     */
    public static Path absolute(String text, Path base) {
        if (text.isEmpty()) { // Else it would be the base, and a target be made equal to that.
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "A directory is the empty text, as of a variable that is not set: name it, the"
                            + " current one as '.'.");
        }
        try {
            return named(base.resolve(text).toAbsolutePath());
        } catch (InvalidPathException notAPath) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING, "'" + text + "' is not a path.", notAPath);
        }
    }

    /**
     * The same path, if its name as a text leads to it: one that is not UTF-8 would lead elsewhere.
     */
    static Path named(Path path) {
        if (path.toString().indexOf(NO_TEXT) >= 0) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "The name "
                            + path
                            + " is not UTF-8: give it another; for a source or a target a symbolic"
                            + " link will do.");
        }
        return path;
    }

    /**
     * The real path of something that may not exist yet: that of its nearest existing ancestor, and
     * the rest as it is. Two names of one place have one real path.
     */
    static Path real(Path path) throws IOException {
        Path at = path.toAbsolutePath();
        if (Files.exists(at)) {
            return at.toRealPath();
        }
        Path parent = at.getParent();
        Path name = at.getFileName();
        if (parent == null || name == null || Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
            return at.normalize(); // A dangling symlink: whoever uses the path says what is wrong
            // with it.
        }
        return real(parent).resolve(name).normalize();
    }

    static boolean contains(Path outer, Path inner) {
        return inner.startsWith(outer);
    }
}
