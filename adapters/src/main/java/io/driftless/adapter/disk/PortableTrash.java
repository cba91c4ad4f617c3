package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.path.EntryPath;
import io.driftless.tree.Stat;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trash, with the same layout and limits as {@link Trash}: a directory for each time, with the
 * paths as they were.
 */
final class PortableTrash {
    private static final Logger LOG = LoggerFactory.getLogger(PortableTrash.class);
    private static final int OWNER_ONLY = 0700;
    private static final Duration BETWEEN_CHECKS = Duration.ofHours(1);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final TrashLimits limits;
    private final InstantSource clock;
    private final AtomicLong nextBin = new AtomicLong();
    private Instant nextCheck = Instant.MIN;

    PortableTrash(TrashLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Each in a bin of its own, so that no path is in the way of another. A bin that stays empty
     * goes again: it has no room to give.
     */
    void take(PortableDirectory trash, PortableDirectory from, byte[] name, EntryPath path)
            throws IOException {
        String made = makeBin(trash);
        boolean isTaken = false;
        try (PortableDirectory bin = trash.child(made.getBytes(US_ASCII));
                PortableDirectory parent = makeParents(bin, path.parent())) {
            from.move(name, parent, path.nameBytes());
            isTaken = true;
        } finally {
            if (!isTaken) {
                isRemoved(trash, made);
            }
        }
    }

    private String makeBin(PortableDirectory trash) throws IOException {
        String name;
        do {
            name = TIME.format(clock.instant()) + "-" + nextBin.incrementAndGet();
        } while (trash.statIfPresent(name.getBytes(US_ASCII)).isPresent());
        Files.createDirectory(trash.checked(name.getBytes(US_ASCII)));
        return name;
    }

    private static PortableDirectory makeParents(PortableDirectory bin, EntryPath path)
            throws IOException {
        if (path.isRoot()) {
            return bin.open(EntryPath.ROOT);
        }
        try (PortableDirectory parent = makeParents(bin, path.parent())) {
            return PortableClaim.openInside(parent, path.nameBytes());
        }
    }

    /** Removes the oldest bin: false where there is none that can be removed. */
    synchronized boolean giveWay(PortableDirectory trash) throws IOException {
        for (String name : bins(trash)) {
            if (isRemoved(trash, name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRemoved(PortableDirectory trash, String bin) {
        try {
            delete(trash, bin.getBytes(US_ASCII));
            return true;
        } catch (IOException refused) {
            LOG.atWarn()
                    .addKeyValue("bin", bin)
                    .addKeyValue("cause", refused)
                    .log("trash not removed");
            return false;
        }
    }

    /** Removes bins beyond the limits, at most once in a while. */
    synchronized void expire(PortableDirectory trash) throws IOException {
        Instant now = clock.instant();
        if (now.isBefore(nextCheck)) {
            return;
        }
        nextCheck = now.plus(BETWEEN_CHECKS);
        long keptBytes = 0;
        for (String name : bins(trash).reversed()) {
            keptBytes += sizeOf(trash, name.getBytes(US_ASCII));
            boolean isOld = made(name).plus(limits.maxAge()).isBefore(now);
            if (isOld || keptBytes > limits.maxBytes()) {
                isRemoved(trash, name);
            }
        }
    }

    /** Oldest first. Names that are not ours are left alone. */
    private static List<String> bins(PortableDirectory trash) throws IOException {
        try (PortableDirectory listing = trash.open(EntryPath.ROOT)) {
            return listing.children().stream()
                    .filter(child -> child.kind() == Stat.Kind.DIRECTORY)
                    .map(child -> new String(child.name(), US_ASCII))
                    .filter(name -> timeOf(name).isPresent())
                    .sorted(Comparator.comparing(PortableTrash::made))
                    .toList();
        }
    }

    private static Instant made(String name) {
        return timeOf(name).orElse(Instant.EPOCH);
    }

    private static Optional<Instant> timeOf(String name) {
        int dash = name.lastIndexOf('-');
        try {
            return dash < 0
                    ? Optional.empty()
                    : Optional.of(TIME.parse(name.substring(0, dash), Instant::from));
        } catch (DateTimeException foreign) {
            return Optional.empty();
        }
    }

    private static long sizeOf(PortableDirectory parent, byte[] name) throws IOException {
        Stat stat = parent.stat(name);
        if (stat.kind() != Stat.Kind.DIRECTORY) {
            return stat.sizeBytes();
        }
        long bytes = 0;
        try (PortableDirectory directory = parent.child(name)) {
            for (PortableDirectory.Child child : directory.children()) {
                bytes += sizeOf(directory, child.name());
            }
        } catch (AccessDeniedException closed) {
            return bytes; // What cannot be measured goes by its age alone.
        }
        return bytes;
    }

    private static void delete(PortableDirectory parent, byte[] name) throws IOException {
        if (parent.stat(name).kind() != Stat.Kind.DIRECTORY) {
            parent.remove(name);
            return;
        }
        PortableTouch.changeMode(parent, name, OWNER_ONLY);
        try (PortableDirectory directory = parent.child(name)) {
            for (PortableDirectory.Child child : directory.children()) {
                delete(directory, child.name());
            }
        }
        parent.removeDirectory(name);
    }
}
