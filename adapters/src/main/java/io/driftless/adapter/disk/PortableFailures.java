package io.driftless.adapter.disk;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.tree.Found;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.Objects;

/**
 * Gives each failure of {@code java.nio} its code, once. What has no exception of its own is known
 * by its reason.
 */
final class PortableFailures {
    private PortableFailures() {}

    /**
     * True where the path leads to nothing; a symlink among its directories counts like a file
     * there.
     */
    static boolean isAbsent(IOException failure) {
        return failure instanceof NoSuchFileException
                || failure instanceof NotDirectoryException
                || reasonHas(failure, "not a directory")
                || reasonHas(failure, "symbolic link");
    }

    static Found found(EntryPath path, IOException failure) {
        return isAbsent(failure)
                ? new Found.Absent(path)
                : new Found.Unreadable(path, whenReading(failure), message("read", path, failure));
    }

    static ErrorCode whenReading(IOException failure) {
        if (isAbsent(failure)) {
            return ErrorCode.ENTRY_VANISHED;
        }
        return reasonHas(failure, "too long") ? ErrorCode.NAME_INVALID : ErrorCode.ENTRY_UNREADABLE;
    }

    static SyncException reading(EntryPath path, IOException failure) {
        return new SyncException(whenReading(failure), message("read", path, failure), failure);
    }

    static SyncException writing(String verb, Object what, IOException failure) {
        return new SyncException(whenWriting(failure), message(verb, what, failure), failure);
    }

    static Outcome failed(String verb, EntryPath path, IOException failure) {
        return new Outcome.Failed(whenWriting(failure), message(verb, path, failure));
    }

    static ErrorCode whenWriting(IOException failure) {
        return switch (failure) {
            case AccessDeniedException _ -> ErrorCode.NOT_PERMITTED;
            case AtomicMoveNotSupportedException _ -> ErrorCode.CROSS_DEVICE;
            case DirectoryNotEmptyException _, FileAlreadyExistsException _ ->
                    ErrorCode.FOREIGN_IN_THE_WAY;
            default -> byReason(failure);
        };
    }

    private static ErrorCode byReason(IOException failure) {
        if (isFull(failure)) {
            return ErrorCode.NO_SPACE;
        }
        if (reasonHas(failure, "read-only")) {
            return ErrorCode.READ_ONLY;
        }
        if (reasonHas(failure, "not permitted")) {
            return ErrorCode.NOT_PERMITTED;
        }
        if (reasonHas(failure, "cross-device") || reasonHas(failure, "resource busy")) {
            return ErrorCode.CROSS_DEVICE;
        }
        if (reasonHas(failure, "directory not empty") || reasonHas(failure, "is a directory")) {
            return ErrorCode.FOREIGN_IN_THE_WAY;
        }
        return whenReading(failure);
    }

    /** True where this user may not do it. */
    static boolean isRefused(IOException failure) {
        return whenWriting(failure) == ErrorCode.NOT_PERMITTED;
    }

    static boolean isFull(IOException failure) {
        return reasonHas(failure, "no space left") || reasonHas(failure, "quota");
    }

    static String message(String verb, Object what, IOException failure) {
        return "Cannot " + verb + " " + what + ": " + reason(failure) + ".";
    }

    private static boolean reasonHas(IOException failure, String words) {
        return reason(failure).toLowerCase(Locale.ROOT).contains(words);
    }

    private static String reason(IOException failure) {
        boolean hasReason =
                failure instanceof FileSystemException known && known.getReason() != null;
        String text =
                hasReason ? ((FileSystemException) failure).getReason() : failure.getMessage();
        String name = failure.getClass().getSimpleName();
        return hasReason || !(failure instanceof FileSystemException)
                ? Objects.requireNonNullElse(text, name)
                : name;
    }
}
