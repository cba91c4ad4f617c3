package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.PathText;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A root directory by its name. It is opened again for each piece of work, so a root that was moved
 * away, unmounted or replaced is noticed instead of read through an old handle.
 */
final class Root {
    private final Path path;
    private final byte[] name;
    private volatile Statx.@Nullable Identity identity;

    /** The directory that has the name now, if one has, is the one that counts. */
    Root(Path path) {
        this.path = path.toAbsolutePath();
        this.name = bytesOf(this.path);
        try (Descriptor root = Opening.root(name)) {
            if (root.isOpen() && Statx.look(root) >= 0) {
                identity = Statx.identity();
            }
        }
    }

    /** A path keeps the raw bytes that the system gave it; only its URI hands them out. */
    private static byte[] bytesOf(Path absolute) {
        String escaped = absolute.toUri().getRawPath();
        byte[] bytes = PathText.decode(escaped);
        if (bytes.length > Scratch.PATH_BYTES) {
            throw new SyncException(
                    ErrorCode.NAME_INVALID, "The root's path is too long: " + absolute + ".");
        }
        return bytes;
    }

    Path path() {
        return path;
    }

    /** False where the name has led to no directory yet. */
    boolean isKnown() {
        return identity != null;
    }

    /** Takes the directory that has the name now as the one that counts. */
    void adopt() {
        try (Descriptor root = Opening.root(name)) {
            if (!root.isOpen() || Statx.look(root) < 0) {
                throw lost("cannot be opened: " + Errno.name(-root.number()));
            }
            identity = Statx.identity();
        }
    }

    /** Takes the directory that another one found under the name. */
    void take(Root other) {
        identity = other.identity;
    }

    /** The same directory as ever, opened; the caller closes it. */
    Descriptor open() {
        Descriptor root = Opening.root(name);
        if (!root.isOpen()) {
            throw lost("cannot be opened: " + Errno.name(-root.number()));
        }
        int looked = Statx.look(root);
        if (looked < 0 || !Statx.identity().equals(identity)) {
            root.close();
            throw lost("is not the directory it was");
        }
        return root;
    }

    private SyncException lost(String why) {
        return new SyncException(ErrorCode.ROOT_LOST, "Root " + path + " " + why + ".");
    }
}
