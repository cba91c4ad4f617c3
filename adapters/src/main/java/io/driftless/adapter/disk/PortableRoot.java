package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A root directory by its name, opened and compared again for each piece of work. */
final class PortableRoot {
    private final Path path;
    private volatile Optional<Object> identity = Optional.empty();

    /** The directory that has the name now, if one has, is the one that counts. */
    PortableRoot(Path path) {
        this.path = path.toAbsolutePath();
        try (PortableDirectory root = PortableDirectory.open(this.path)) {
            identity = Optional.of(root.identity());
        } catch (IOException absent) {
            identity = Optional.empty(); // Every call says so until one is made.
        }
    }

    Path path() {
        return path;
    }

    boolean isKnown() {
        return identity.isPresent();
    }

    /** Takes the directory that has the name now as the one that counts. */
    void know() {
        try (PortableDirectory root = PortableDirectory.open(path)) {
            identity = Optional.of(root.identity());
        } catch (IOException failure) {
            throw lost(failure);
        }
    }

    /** Takes the directory that another one found under the name. */
    void take(PortableRoot other) {
        identity = other.identity;
    }

    /** The same directory as ever, opened; the caller closes it. */
    PortableDirectory open() {
        try {
            PortableDirectory root = PortableDirectory.open(path);
            boolean isSame = false;
            try {
                isSame = Optional.of(root.identity()).equals(identity);
            } finally {
                if (!isSame) {
                    root.close();
                }
            }
            if (!isSame) {
                throw new SyncException(
                        ErrorCode.ROOT_LOST, "Root " + path + " is not the directory it was.");
            }
            return root;
        } catch (IOException failure) {
            throw lost(failure);
        }
    }

    private SyncException lost(IOException failure) {
        return new SyncException(
                ErrorCode.ROOT_LOST, PortableFailures.message("open root", path, failure), failure);
    }
}
