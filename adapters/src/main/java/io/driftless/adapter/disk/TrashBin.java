package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.path.EntryPath;
import java.util.ArrayDeque;
import java.util.Deque;

/** The directory in the trash that one piece of work fills; made when something goes in. */
final class TrashBin implements AutoCloseable {
    private static final Descriptor CLOSED = new Descriptor(-Errno.EBADF);
    private static final int MAX_BINS = 8;

    private final Trash trash;
    private final Descriptor control;
    private final Renames renames;
    private Descriptor top = CLOSED;
    private Descriptor bin = CLOSED;
    private String name = "";

    TrashBin(Trash trash, Descriptor control, Renames renames) {
        this.trash = trash;
        this.control = control;
        this.renames = renames;
    }

    /**
     * Moves something in, under the path it had: zero, or the negative errno; then it is where it
     * was.
     */
    int take(int directory, byte[] from, EntryPath path) {
        int taken = takeIntoSomeBin(directory, from, path);
        while (Errno.isFull(taken) && giveWay()) {
            taken = takeIntoSomeBin(directory, from, path);
        }
        return taken;
    }

    /**
     * A bin that has this path already, or a file where a directory would be, is followed by
     * another.
     */
    private int takeIntoSomeBin(int directory, byte[] from, EntryPath path) {
        int taken = -Errno.EEXIST;
        for (int i = 0; i < MAX_BINS && (taken == -Errno.EEXIST || taken == -Errno.ENOTDIR); i++) {
            if (i > 0) {
                bin.close();
                bin = CLOSED;
            }
            int opened = openBin();
            taken = opened < 0 ? opened : takeIntoBin(directory, from, path);
        }
        return taken;
    }

    private int takeIntoBin(int directory, byte[] from, EntryPath path) {
        try (Descriptor parent = parentOf(path)) {
            return parent.isOpen()
                    ? renames.take(directory, from, parent.number(), path.nameBytes())
                    : parent.number();
        }
    }

    /** Remembers an empty directory that was removed for good: zero, or the negative errno. */
    int remember(EntryPath directory) {
        int opened = openBin();
        if (opened < 0) {
            return opened;
        }
        try (Descriptor parent = parentOf(directory)) {
            return parent.isOpen()
                    ? Names.makeDirectory(parent.number(), directory.nameBytes())
                    : parent.number();
        }
    }

    private int openBin() {
        if (bin.isOpen()) {
            return 0;
        }
        if (!openTop()) {
            return top.number();
        }
        int made;
        do {
            name = trash.newBinName();
            made = Names.makeDirectory(top.number(), name.getBytes(US_ASCII));
        } while (made == -Errno.EEXIST);
        if (made < 0) {
            return made;
        }
        bin = openDirectory(top.number(), name.getBytes(US_ASCII));
        return Math.min(bin.number(), 0);
    }

    private boolean openTop() {
        if (!top.isOpen()) {
            top = Claim.openInside(control, Claim.TRASH);
        }
        return top.isOpen();
    }

    /** Goes name by name: in here paths may be longer than the kernel takes at once. */
    private Descriptor parentOf(EntryPath path) {
        Deque<EntryPath> ancestors = new ArrayDeque<>();
        for (EntryPath at = path.parent(); !at.isRoot(); at = at.parent()) {
            ancestors.push(at);
        }
        Descriptor here = openDirectory(bin.number(), new byte[] {'.'});
        for (EntryPath ancestor : ancestors) {
            int made =
                    here.isOpen()
                            ? Names.makeDirectory(here.number(), ancestor.nameBytes())
                            : here.number();
            try (Descriptor above = here) {
                here =
                        made < 0 && made != -Errno.EEXIST
                                ? new Descriptor(made)
                                : openDirectory(above.number(), ancestor.nameBytes());
            }
        }
        return here;
    }

    private static Descriptor openDirectory(int parent, byte[] name) {
        return Opening.inside(parent, name, Flag.O_PATH | Flag.O_DIRECTORY, 0);
    }

    /** True where an older bin made room. */
    boolean giveWay() {
        return openTop() && trash.giveWay(top, name);
    }

    /** Removes what is beyond the limits, if it is time to look. */
    void expire() {
        if (openTop()) {
            trash.expire(top, name);
        }
    }

    @Override
    public void close() {
        if (bin.isOpen()) {
            expire();
        }
        bin.close();
        top.close();
    }
}
