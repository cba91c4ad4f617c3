package io.driftless.adapter.dir;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Says what a failure of the file system means for a store. */
final class StoreErrors {
    private StoreErrors() {}

    static <T> T translated(String verb, String what, Callable<T> work) {
        try {
            return work.call();
        } catch (SyncException e) {
            throw e;
        } catch (UncheckedIOException | DirectoryIteratorException e) {
            throw of(verb, what, e.getCause() instanceof IOException io ? io : new IOException(e));
        } catch (IOException e) {
            throw of(verb, what, e);
        } catch (Exception e) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN, "The store failed to " + verb + " " + what, e);
        }
    }

    private static SyncException of(String verb, String what, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new SyncException(
                    ErrorCode.STORE_OBJECT_MISSING, "The store has no object " + what + ".", e);
        }
        String message = "The store cannot %s %s: %s.".formatted(verb, what, e);
        return new SyncException(code(e), message, e);
    }

    private static ErrorCode code(IOException e) {
        if (e instanceof AccessDeniedException) {
            return ErrorCode.STORE_REFUSED;
        }
        String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (reason.contains("no space left") || reason.contains("quota exceeded")) {
            return ErrorCode.NO_SPACE;
        }
        return reason.contains("read-only file system") || reason.contains("not permitted")
                ? ErrorCode.STORE_REFUSED
                : ErrorCode.DEPENDENCY_UNAVAILABLE;
    }

    static SyncException unavailable(String message, @Nullable IOException cause) {
        return new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, message, cause);
    }
}
