package io.driftless.adapter.disk;

import io.driftless.port.SourceWatch;
import io.driftless.port.TargetTree;
import io.driftless.port.TreeReader;
import java.nio.file.Path;
import java.time.InstantSource;
import reactor.core.scheduler.Scheduler;

/**
 * Picks the adapters for this machine: those that use Linux' own calls where they work, else the
 * portable ones.
 */
public final class Disks {
    private static final boolean IS_LINUX = isLinuxAvailable();

    private Disks() {}

    private static boolean isLinuxAvailable() {
        try {
            return LinuxDisk.isAvailable();
        } catch (LinkageError | IllegalCallerException nativeAccessForbidden) {
            return false;
        }
    }

    /** True where the adapters are those for Linux. */
    public static boolean isLinux() {
        return IS_LINUX;
    }

    public static TreeReader reader(Path root, Scheduler io) {
        return IS_LINUX ? new LinuxTreeReader(root, io) : new PortableTreeReader(root, io);
    }

    public static TargetTree target(
            Path root, Scheduler io, InstantSource clock, TrashLimits trash) {
        return IS_LINUX
                ? new LinuxTargetTree(root, io, clock, trash)
                : new PortableTargetTree(root, io, clock, trash);
    }

    /**
     * @param maxBufferedEvents events kept for a subscriber that is slow; one more, and all of them
     *     become one loss
     */
    public static SourceWatch watch(Path root, int maxBufferedEvents) {
        return IS_LINUX
                ? new InotifyWatch(root, maxBufferedEvents)
                : new PortableWatch(root, maxBufferedEvents);
    }
}
