package io.driftless.adapter.disk;

import io.driftless.path.EntryPath;
import java.util.Optional;

/**
 * The directories that one piece of work goes through. Keeps the last one open, so that neighbours
 * cost one opening.
 */
final class Directories implements AutoCloseable {
    private final Descriptor root;
    private final int resolve;
    private Optional<EntryPath> path = Optional.empty();
    private Descriptor open = new Descriptor(-Errno.EBADF);

    /** For reading: mounts are entered. */
    static Directories forReading(Descriptor root) {
        return new Directories(root, 0);
    }

    /** For writing: another file system is not ours to write to. */
    static Directories forWriting(Descriptor root) {
        return new Directories(root, Flag.RESOLVE_NO_XDEV);
    }

    private Directories(Descriptor root, int resolve) {
        this.root = root;
        this.resolve = resolve;
    }

    /**
     * The number of the opened directory that holds the path, or the negative errno. It is closed
     * by the next call.
     */
    int parentOf(EntryPath child) {
        EntryPath wanted = child.parent();
        if (path.filter(wanted::equals).isEmpty()) {
            open.close();
            open = Opening.beneath(root.number(), wanted, Flag.O_PATH | Flag.O_DIRECTORY, resolve);
            path = open.isOpen() ? Optional.of(wanted) : Optional.empty();
        }
        return open.number();
    }

    @Override
    public void close() {
        open.close();
    }
}
