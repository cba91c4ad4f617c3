package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.tree.Found;

/** Gives each errno its code, once. Results are negative errnos. */
final class Failures {
    private Failures() {}

    static Found unreadable(EntryPath path, long result) {
        return new Found.Unreadable(path, whenReading(result), message("read", path, result));
    }

    static Outcome.Failed failed(String verb, EntryPath path, long result) {
        return new Outcome.Failed(whenWriting(result), message(verb, path, result));
    }

    static SyncException reading(EntryPath path, long result) {
        return new SyncException(whenReading(result), message("read", path, result));
    }

    static SyncException writing(String verb, Object path, long result) {
        return new SyncException(whenWriting(result), message(verb, path, result));
    }

    static String message(String verb, Object path, long result) {
        return "Cannot " + verb + " " + path + ": " + Errno.name((int) -result) + ".";
    }

    static ErrorCode whenReading(long result) {
        return switch ((int) -result) {
            case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP -> ErrorCode.ENTRY_VANISHED;
            case Errno.ENAMETOOLONG, Errno.EILSEQ -> ErrorCode.NAME_INVALID;
            default -> ErrorCode.ENTRY_UNREADABLE;
        };
    }

    /**
     * A directory on the way that is gone, or a symlink now, is an edit of this instant: the next
     * plan knows of it. A mount refuses by EXDEV what would reach into it, and by EBUSY to be moved
     * itself.
     */
    static ErrorCode whenWriting(long result) {
        return switch ((int) -result) {
            case Errno.ENOSPC, Errno.EDQUOT -> ErrorCode.NO_SPACE;
            case Errno.EROFS -> ErrorCode.READ_ONLY;
            case Errno.EXDEV, Errno.EBUSY -> ErrorCode.CROSS_DEVICE;
            case Errno.EACCES, Errno.EPERM -> ErrorCode.NOT_PERMITTED;
            case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP -> ErrorCode.ENTRY_VANISHED;
            case Errno.ENAMETOOLONG, Errno.EILSEQ, Errno.EINVAL -> ErrorCode.NAME_INVALID;
            case Errno.ENOTEMPTY, Errno.EEXIST, Errno.EISDIR -> ErrorCode.FOREIGN_IN_THE_WAY;
            default -> ErrorCode.ENTRY_UNREADABLE;
        };
    }
}
