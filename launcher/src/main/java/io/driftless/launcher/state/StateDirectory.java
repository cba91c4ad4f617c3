package io.driftless.launcher.state;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.TargetId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one installation remembers, held by a lock until closed. The lock ends with the process,
 * however that ends.
 *
 * <pre>
 * lock       locked while in use; holds the owner's process id
 * version    the layout's number
 * kafka/ postgres/ store/    the embedded servers and the block store
 * targets/NAME/state.db      what the agent of a target remembers
 * keys/      the folder's signing keys
 * logs/      what happened
 * status     where the running system answers
 * </pre>
 *
 * Where it is made here, only its owner may look inside; one that was there keeps its mode, and
 * only the secrets in it are its owner's alone. Blocking; meant for the start and the end of a
 * program.
 */
public final class StateDirectory implements AutoCloseable {
    private static final int VERSION = 1;

    /**
     * A lock beyond the end of the file: the process id in it stays readable where locks are
     * mandatory.
     */
    private static final long LOCK_POSITION = 1L << 40;

    private final Path root;
    private final FileChannel channel;

    @SuppressWarnings("UnusedVariable") // Held so that the lock lives as long as this object.
    private final FileLock lock;

    private StateDirectory(Path root, FileChannel channel, FileLock lock) {
        this.root = root;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Makes the directory where it is missing and takes it.
     *
     * @throws SyncException {@code STATE_IN_USE} where another process has it, {@code
     *     STATE_CORRUPT} where it cannot be read or was written by a later version, {@code
     *     BAD_SETTING} where it cannot be made
     */
    public static StateDirectory open(Path root) {
        makePrivate(root);
        FileChannel channel = openLockFile(root.resolve("lock"));
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new SyncException(
                        ErrorCode.STATE_IN_USE,
                        "The state directory "
                                + root
                                + " is in use by process "
                                + owner(channel)
                                + ".");
            }
            checkVersion(root.resolve("version"));
            writeOwner(channel);
            return new StateDirectory(root, channel, lock);
        } catch (IOException | SyncException failure) {
            closeQuietly(channel, failure);
            throw failure instanceof SyncException known ? known : unreadable(root, failure);
        }
    }

    private static void makePrivate(Path root) {
        try {
            if (!Files.isDirectory(root)) {
                Path parent = root.toAbsolutePath().getParent();
                Files.createDirectories(parent == null ? root : parent);
                Files.createDirectories(
                        root,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException impossible) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "The state directory " + root + " cannot be made: " + impossible + ".",
                    impossible);
        }
    }

    private static FileChannel openLockFile(Path file) {
        try {
            return FileChannel.open(
                    file,
                    Set.of(
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (IOException unreadable) {
            throw unreadable(file, unreadable);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCK_POSITION, 1, false);
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        return StandardCharsets.US_ASCII.decode(text.flip()).toString().strip();
    }

    private static void writeOwner(FileChannel channel) throws IOException {
        channel.truncate(0);
        channel.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"), 0);
    }

    /** A file that is empty was being written for the first time when a process was killed. */
    private static void checkVersion(Path file) throws IOException {
        String text = Files.exists(file) ? Files.readString(file).strip() : "";
        if (text.isEmpty()) {
            Files.writeString(file, VERSION + "\n");
        } else if (!text.equals(Integer.toString(VERSION))) {
            throw new SyncException(
                    ErrorCode.STATE_CORRUPT,
                    file + " says layout '" + text + "', this version reads " + VERSION + ".");
        }
    }

    public Path root() {
        return root;
    }

    public Path kafka() {
        return root.resolve("kafka");
    }

    public Path postgres() {
        return root.resolve("postgres");
    }

    public Path store() {
        return root.resolve("store");
    }

    public Path keys() {
        return root.resolve("keys");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    /** The file that says where this system answers while it runs. */
    public Path statusAddress() {
        return statusAddressOf(root);
    }

    /** The same of a directory that another process may have. */
    public static Path statusAddressOf(Path root) {
        return root.resolve("status");
    }

    /** The file of a target's agent; its directory is made. */
    public Path target(TargetId target) {
        Path directory = root.resolve("targets").resolve(target.value());
        try {
            Files.createDirectories(directory);
        } catch (IOException impossible) {
            throw unreadable(directory, impossible);
        }
        return directory.resolve("state.db");
    }

    /** Gives the directory free for the next process. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException impossible) {
            throw unreadable(root, impossible);
        }
    }

    private static void closeQuietly(FileChannel channel, Exception failure) {
        try {
            channel.close();
        } catch (IOException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    private static SyncException unreadable(Path path, Exception cause) {
        return new SyncException(
                ErrorCode.STATE_CORRUPT, path + " cannot be used: " + cause + ".", cause);
    }
}
