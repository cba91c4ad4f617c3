package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.tree.Stat;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a target lost or had replaced without its own consent: a directory for each time, named for
 * it, with the paths as they were. Bounded by age and size, and the first to give way when space is
 * short.
 */
final class Trash {
    private static final Duration BETWEEN_CHECKS = Duration.ofHours(1);
    private static final int MAX_MEASURED_DEPTH = 64;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final TrashLimits limits;
    private final InstantSource clock;
    private final AtomicLong nextBin = new AtomicLong();
    private Instant nextCheck = Instant.MIN;

    Trash(TrashLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** A name that was not given out before by this process. */
    String newBinName() {
        return TIME.format(clock.instant()) + "-" + nextBin.incrementAndGet();
    }

    /** Removes the oldest bin but the one in use: false where there is none that can be removed. */
    synchronized boolean giveWay(Descriptor trash, String inUse) {
        for (String name : bins(trash)) {
            if (!name.equals(inUse) && Deletion.of(trash, name.getBytes(US_ASCII)) == 0) {
                return true;
            }
        }
        return false;
    }

    /** Removes bins beyond the limits, at most once in a while. */
    synchronized void expire(Descriptor trash, String inUse) {
        Instant now = clock.instant();
        if (now.isBefore(nextCheck)) {
            return;
        }
        nextCheck = now.plus(BETWEEN_CHECKS);
        long keptBytes = 0;
        for (String name : bins(trash).reversed()) {
            byte[] bytes = name.getBytes(US_ASCII);
            keptBytes += keptBytes > limits.maxBytes() ? 0 : sizeOf(trash, bytes, 0);
            boolean isOld = made(name).plus(limits.maxAge()).isBefore(now);
            if ((isOld || keptBytes > limits.maxBytes()) && !name.equals(inUse)) {
                Deletion.of(trash, bytes);
            }
        }
    }

    /**
     * Oldest first; what was being removed before everything. Names that are not ours are left
     * alone.
     */
    private static List<String> bins(Descriptor trash) {
        try (Descriptor listing =
                Opening.inside(trash.number(), new byte[] {'.'}, Flag.O_DIRECTORY, 0)) {
            return Listing.of(listing).children().stream()
                    .filter(child -> child.kind() == Stat.Kind.DIRECTORY)
                    .map(child -> new String(child.name(), US_ASCII))
                    .filter(name -> Deletion.isUnfinished(name) || timeOf(name).isPresent())
                    .sorted((a, b) -> made(a).compareTo(made(b)))
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

    /** Bytes of the files below, as deep as it is worth looking. */
    private static long sizeOf(Descriptor parent, byte[] name, int depth) {
        long bytes = 0;
        try (Descriptor directory =
                Opening.inside(parent.number(), name, Flag.O_RDONLY | Flag.O_DIRECTORY, 0)) {
            for (Listing.Child child : Listing.of(directory).children()) {
                if (child.kind() == Stat.Kind.FILE
                        && Statx.look(directory.number(), child.name()) >= 0) {
                    bytes += Statx.seen().sizeBytes();
                } else if (child.kind() == Stat.Kind.DIRECTORY && depth < MAX_MEASURED_DEPTH) {
                    bytes += sizeOf(directory, child.name(), depth + 1);
                }
            }
        }
        return bytes;
    }
}
