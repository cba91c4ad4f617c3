package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns what the kernel says into what a watch tells, and keeps the registry in step. */
final class EventHandling {
    /** Both events of a move lie in one reading or in two that follow one another. */
    private static final int READINGS_OF_A_MOVE = 2;

    private final Root root;
    private final Registry registry;
    private final EventQueue events;

    /**
     * Directories that left their place, by the cookie of the move; where they go is not known yet.
     */
    private final Map<Integer, Leaving> leaving = new HashMap<>();

    private static final class Leaving {
        final WatchedDirectory directory;
        int readings = READINGS_OF_A_MOVE;

        Leaving(WatchedDirectory directory) {
            this.directory = directory;
        }
    }

    EventHandling(Root root, Registry registry, EventQueue events) {
        this.root = root;
        this.registry = registry;
        this.events = events;
    }

    boolean awaitsMoves() {
        return !leaving.isEmpty();
    }

    void handle(List<Inotify.Event> batch) {
        if (!batch.isEmpty()) {
            try (Descriptor opened = root.open();
                    Directories directories = Directories.forReading(opened)) {
                for (Inotify.Event event : batch) {
                    handle(event, directories);
                }
            }
        }
        forgetMovedOut(batch.isEmpty());
    }

    private void forgetMovedOut(boolean isQuiet) {
        leaving.values()
                .removeIf(left -> {
                    boolean isOut = isQuiet || --left.readings < 0;
                    if (isOut) {
                        registry.forget(left.directory);
                    }
                    return isOut;
                });
    }

    private void handle(Inotify.Event event, Directories directories) {
        if (event.has(Inotify.Q_OVERFLOW)) {
            registry.doubtAll();
        } else if (event.has(Inotify.IGNORED)) {
            registry.ended(event.watch());
        } else {
            registry.ofWatch(event.watch())
                    .ifPresent(directory -> handle(event, directory, directories));
        }
    }

    private void handle(Inotify.Event event, WatchedDirectory directory, Directories directories) {
        if (event.name().length == 0) {
            handleSelf(event, directory);
            return;
        }
        boolean isOwn = registry.isRoot(directory) && Arrays.equals(event.name(), Own.NAME);
        if (isOwn) {
            return;
        }
        if (event.isOfDirectory() && event.name().length <= EntryPath.MAX_NAME_BYTES) {
            keepInStep(event, directory, EntryPath.ofBytes(event.name()));
        }
        directory.path().ifPresent(path -> tell(event, path, directories));
    }

    private void handleSelf(Inotify.Event event, WatchedDirectory directory) {
        boolean isRoot = registry.isRoot(directory);
        if (isRoot && event.has(Inotify.DELETE_SELF | Inotify.MOVE_SELF | Inotify.UNMOUNT)) {
            throw new SyncException(
                    ErrorCode.ROOT_LOST,
                    "Root " + root.path() + " was removed, moved or unmounted.");
        }
        if (isRoot && event.has(Inotify.ATTRIB)) {
            events.tell(new WatchEvent.Changed(EntryPath.ROOT));
        }
        if (event.has(Inotify.UNMOUNT)) {
            directory.path().ifPresent(path -> events.tell(new WatchEvent.Lost(path)));
        }
    }

    private void keepInStep(Inotify.Event event, WatchedDirectory parent, EntryPath name) {
        if (event.has(Inotify.CREATE)) {
            registry.appeared(parent, name);
        } else if (event.has(Inotify.DELETE)) {
            registry.remove(parent, name);
        } else if (event.has(Inotify.MOVED_FROM)) {
            parent.detach(name).ifPresent(left -> leaving.put(event.cookie(), new Leaving(left)));
        } else if (event.has(Inotify.MOVED_TO)) {
            Optional<Leaving> arriving = Optional.ofNullable(leaving.remove(event.cookie()));
            arriving.ifPresentOrElse(
                    left -> registry.moved(left.directory, parent, name),
                    () -> registry.appeared(parent, name));
        }
    }

    private void tell(Inotify.Event event, EntryPath directory, Directories directories) {
        int length = event.name().length;
        boolean isTooLong =
                length > EntryPath.MAX_NAME_BYTES
                        || directory.lengthBytes() + 1 + length > EntryPath.MAX_LENGTH_BYTES;
        if (isTooLong) {
            events.tell(new WatchEvent.Changed(directory)); // a listing says what is wrong with it
            return;
        }
        EntryPath path = directory.child(event.name());
        if (event.isOfDirectory()) {
            boolean isToldWhenRegistered = event.has(Inotify.CREATE | Inotify.MOVED_TO);
            if (!isToldWhenRegistered) {
                events.tell(new WatchEvent.Changed(path));
            }
        } else if (event.has(Inotify.CREATE)) {
            events.tell(
                    isBeingWritten(directories, path)
                            ? new WatchEvent.Modified(path)
                            : new WatchEvent.Changed(path));
        } else {
            events.tell(
                    event.has(Inotify.MODIFY)
                            ? new WatchEvent.Modified(path)
                            : new WatchEvent.Changed(path));
        }
    }

    /**
     * A file made by its writer is closed later; a hard link, a symlink and what is gone again are
     * not.
     */
    private static boolean isBeingWritten(Directories directories, EntryPath path) {
        return Look.at(directories, path)
                        instanceof Found.Present(EntryPath _, Stat stat, var _, var _)
                && stat.kind() == Stat.Kind.FILE
                && stat.links() == 1;
    }
}
