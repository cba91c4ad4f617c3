package io.driftless.adapter.dir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes the entries of directories durable. Callers that come while an fsync of the same directory
 * runs wait for the next one, which serves all of them; when it fails, it fails for all of them.
 */
final class DirectoryFlush {
    private final ConcurrentMap<Path, Gate> gates = new ConcurrentHashMap<>();

    /** Returns once everything that happened in the directory before the call is durable. */
    void flush(Path directory) throws IOException {
        Gate gate = gates.compute(directory, (_, known) -> Gate.entered(known));
        try {
            gate.flush(directory);
        } finally {
            gates.computeIfPresent(
                    directory, (_, left) -> left.isEmptyAfterLeaving() ? null : left);
        }
    }

    private static final class Gate {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition ended = lock.newCondition();
        private long arrived;
        private long flushed;
        private long failed;
        private @Nullable IOException failure;
        private boolean isFlushing;

        /** Changed inside the map's own lock only. */
        private int callers;

        static Gate entered(@Nullable Gate known) {
            Gate gate = known == null ? new Gate() : known;
            gate.callers++;
            return gate;
        }

        boolean isEmptyAfterLeaving() {
            return --callers == 0;
        }

        void flush(Path directory) throws IOException {
            lock.lock();
            try {
                long mine = ++arrived;
                while (flushed < mine) {
                    if (isFlushing) {
                        ended.awaitUninterruptibly();
                    } else {
                        flushAllThatArrived(directory);
                    }
                }
                if (failed >= mine && failure != null) {
                    throw new IOException("fsync of " + directory + " failed", failure);
                }
            } finally {
                lock.unlock();
            }
        }

        private void flushAllThatArrived(Path directory) {
            long served = arrived;
            isFlushing = true;
            lock.unlock();
            @Nullable IOException outcome = new IOException("it ended early");
            try {
                outcome = fsync(directory);
            } finally {
                lock.lock();
                isFlushing = false;
                flushed = served;
                if (outcome != null) {
                    failed = served;
                    failure = outcome;
                }
                ended.signalAll();
            }
        }

        private static @Nullable IOException fsync(Path directory) {
            try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
                opened.force(true);
                return null;
            } catch (IOException e) {
                return e;
            }
        }
    }
}
