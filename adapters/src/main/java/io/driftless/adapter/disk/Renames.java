package io.driftless.adapter.disk;

/**
 * Renames that never replace anything unseen. Where a file system lacks the kernel's flags for
 * that, other calls give the same promise. Zero where it went well, else the negative errno.
 */
class Renames {
    private volatile boolean hasNoReplace;
    private volatile boolean hasExchange;

    /**
     * @param hasFlags false to do without the flags from the beginning
     */
    Renames(boolean hasFlags) {
        this.hasNoReplace = hasFlags;
        this.hasExchange = hasFlags;
    }

    /** Gives something a new name; {@code EEXIST} where that name is in use. */
    int move(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
        if (!hasNoReplace) {
            return moveWithoutFlag(fromDirectory, from, toDirectory, to);
        }
        int moved = Names.rename(fromDirectory, from, toDirectory, to, Flag.RENAME_NOREPLACE);
        if (!Errno.isUnsupported(moved)) {
            return moved;
        }
        int movedOtherwise = moveWithoutFlag(fromDirectory, from, toDirectory, to);
        // A name that cannot be here is refused in the same way, but the other way round as well.
        hasNoReplace = movedOtherwise < 0;
        return movedOtherwise;
    }

    /**
     * Takes whatever has a name at this moment into a directory of ours, where nobody else makes
     * names; {@code EEXIST} where that name is in use. A second name made first could be of another
     * file than the one whose first name is removed then.
     */
    int take(int fromDirectory, byte[] from, int ours, byte[] to) {
        if (hasNoReplace) {
            int moved = Names.rename(fromDirectory, from, ours, to, Flag.RENAME_NOREPLACE);
            if (!Errno.isUnsupported(moved)) {
                return moved;
            }
        }
        return moveAfterLook(fromDirectory, from, ours, to);
    }

    private static int moveWithoutFlag(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
        int linked = Names.link(fromDirectory, from, toDirectory, to);
        if (linked == 0) {
            return Names.remove(fromDirectory, from);
        }
        return linked == -Errno.EPERM || Errno.isUnsupported(linked)
                ? moveAfterLook(fromDirectory, from, toDirectory, to)
                : linked;
    }

    /**
     * For directories, which have no second name, and for file systems without hard links. What
     * takes the name between look and rename is replaced; there is no call on such a file system
     * that could tell.
     */
    private static int moveAfterLook(int fromDirectory, byte[] from, int toDirectory, byte[] to) {
        int looked = Statx.look(toDirectory, to);
        if (looked >= 0) {
            return -Errno.EEXIST;
        }
        return looked == -Errno.ENOENT
                ? Names.rename(fromDirectory, from, toDirectory, to, 0)
                : looked;
    }

    /** Swaps two names in one step. {@link Errno#isUnsupported} where the file system cannot. */
    int exchange(int oneDirectory, byte[] one, int otherDirectory, byte[] other) {
        if (!hasExchange) {
            return -Errno.EINVAL;
        }
        int exchanged =
                Names.rename(oneDirectory, one, otherDirectory, other, Flag.RENAME_EXCHANGE);
        if (Errno.isUnsupported(exchanged)) {
            hasExchange = false;
        }
        return exchanged;
    }
}
