package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.tree.Stat;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Removes a directory of the trash with all that is below. Each directory is first moved up beside
 * it: so it takes neither recursion nor long paths, and a mount point, which cannot be moved, is
 * never entered.
 */
final class Deletion {
    private static final String UNFINISHED = "del-";
    private static final AtomicLong NEXT = new AtomicLong();
    private static final int OWNER_ONLY = 0700;

    private final Descriptor place;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int trouble;

    private Deletion(Descriptor place) {
        this.place = place;
    }

    /** True for what a deletion left that did not come to its end. */
    static boolean isUnfinished(String name) {
        return name.startsWith(UNFINISHED);
    }

    /** Zero where nothing is left, else the last negative errno. */
    static int of(Descriptor place, byte[] name) {
        Deletion deletion = new Deletion(place);
        deletion.moveUp(place, name);
        while (!deletion.waiting.isEmpty()) {
            deletion.remove(deletion.waiting.pop());
        }
        return deletion.trouble;
    }

    private void moveUp(Descriptor from, byte[] name) {
        int moved;
        byte[] beside;
        do {
            beside = (UNFINISHED + NEXT.incrementAndGet()).getBytes(US_ASCII);
            moved =
                    Names.rename(
                            from.number(), name, place.number(), beside, Flag.RENAME_NOREPLACE);
            if (Errno.isUnsupported(moved)) {
                moved = Names.rename(from.number(), name, place.number(), beside, 0);
            }
        } while (moved == -Errno.EEXIST || moved == -Errno.ENOTEMPTY);
        if (moved == 0) {
            waiting.push(beside);
        } else {
            trouble = moved;
        }
    }

    private void remove(byte[] name) {
        Touch.changeMode(place.number(), name, OWNER_ONLY);
        try (Descriptor directory =
                Opening.inside(place.number(), name, Flag.O_RDONLY | Flag.O_DIRECTORY, 0)) {
            for (Listing.Child child : Listing.of(directory).children()) {
                if (child.kind() == Stat.Kind.DIRECTORY) {
                    moveUp(directory, child.name());
                } else {
                    note(Names.remove(directory.number(), child.name()));
                }
            }
        }
        note(Names.removeDirectory(place.number(), name));
    }

    private void note(int result) {
        if (result < 0) {
            trouble = result;
        }
    }
}
