package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One server's directory: its data, its password, its log, and the lock that keeps a second server
 * out.
 */
final class PostgresDirectory implements AutoCloseable {
    static final String USER = "driftless";
    static final String DATABASE = "postgres";

    private static final int PASSWORD_BYTES = 24;

    private final Path root;
    private final Path home;
    private final RunAs runAs;
    private final FileChannel lock;

    private PostgresDirectory(Path root, Path home, RunAs runAs, FileChannel lock) {
        this.root = root;
        this.home = home;
        this.runAs = runAs;
        this.lock = lock;
    }

    static PostgresDirectory lock(Path directory, Path home, RunAs runAs) {
        try {
            Path root = Files.createDirectories(directory).toRealPath();
            return new PostgresDirectory(root, home, runAs, lock(root.resolve("lock")));
        } catch (IOException failed) {
            throw failed("cannot use " + directory, failed);
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException ofThisProcess) {
            channel.close();
            throw inUse(file, ofThisProcess);
        }
        channel.close();
        throw inUse(file, null);
    }

    private static SyncException inUse(Path file, @Nullable Throwable cause) {
        return new SyncException(
                ErrorCode.STATE_IN_USE,
                "A PostgreSQL server runs in " + file.getParent() + " already.",
                cause);
    }

    private static SyncException failed(String what, IOException cause) {
        return new SyncException(
                ErrorCode.START_FAILED, "PostgreSQL " + what + ": " + cause + ".", cause);
    }

    Path data() {
        return root.resolve("data");
    }

    ServerLog log() {
        return new ServerLog(root.resolve("server.log"));
    }

    /**
     * A program of the server with its arguments, to be run as the user that the data belong to.
     */
    Command program(String name, List<String> arguments) {
        return runAs.command(List.of(home.resolve("bin").resolve(name).toString())).and(arguments);
    }

    /** Sets the cluster up where there is none yet. */
    void prepare() {
        try {
            log().rotate();
            if (!Files.isDirectory(data())) {
                writePassword();
                initialise();
            }
            if (runAs.owner().isPresent()) {
                new FileTree(data()).giveTo(runAs.owner().getAsInt());
            }
        } catch (IOException failed) {
            throw failed("cannot set up " + root, failed);
        }
    }

    /** Beside its place, then renamed: a crash leaves no cluster or a whole one. */
    private void initialise() throws IOException {
        Path nursery = root.resolve("nursery");
        new FileTree(nursery).delete();
        Files.createDirectory(nursery);
        if (runAs.owner().isPresent()) {
            new FileTree(nursery).giveTo(runAs.owner().getAsInt());
        }
        Path fresh = nursery.resolve("data");
        ServerLog log = log();
        long begin = log.end();
        if (initdb(fresh).run(log.file()) != 0) {
            throw new SyncException(
                    ErrorCode.START_FAILED,
                    "PostgreSQL could not set up its data in " + root + ": " + log.since(begin));
        }
        Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
        Files.delete(nursery);
    }

    private Command initdb(Path fresh) {
        return program(
                "initdb",
                List.of(
                        "--pgdata=" + fresh,
                        "--username=" + USER,
                        "--pwfile=" + passwordFile(),
                        "--auth=scram-sha-256",
                        "--encoding=UTF-8",
                        "--locale-provider=builtin",
                        "--locale=C.UTF-8",
                        "--no-instructions"));
    }

    String password() {
        try {
            return Files.readString(passwordFile()).strip();
        } catch (IOException failed) {
            throw failed("has lost its password", failed);
        }
    }

    private Path passwordFile() {
        return root.resolve("password");
    }

    private void writePassword() throws IOException {
        byte[] password = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(password);
        Files.deleteIfExists(passwordFile());
        Files.createFile(
                passwordFile(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                passwordFile(), HexFormat.of().formatHex(password), StandardOpenOption.SYNC);
    }

    /** Lets another server have the directory. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException failed) {
            throw failed("cannot unlock " + root, failed);
        }
    }
}
