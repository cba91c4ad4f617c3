package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * One server's directory: its data, its password, its log, and the lock that keeps a second server
 * out.
 */
final class PostgresDirectory implements AutoCloseable {
    static final String USER = "driftless";
    static final String DATABASE = "postgres";

    private final Path root;
    private final Path home;
    private final RunAs runAs;
    private final DirectoryLock lock;

    private PostgresDirectory(Path root, Path home, RunAs runAs, DirectoryLock lock) {
        this.root = root;
        this.home = home;
        this.runAs = runAs;
        this.lock = lock;
    }

    static PostgresDirectory lock(Path directory, Path home, RunAs runAs) {
        try {
            Path root = Files.createDirectories(directory).toRealPath();
            return new PostgresDirectory(root, home, runAs, DirectoryLock.take(root));
        } catch (IOException failed) {
            throw failed("cannot use " + directory, failed);
        }
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
                passwordFile().readOrMake();
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
                        "--pwfile=" + passwordFile().file(),
                        "--auth=scram-sha-256",
                        "--encoding=UTF-8",
                        "--locale-provider=builtin",
                        "--locale=C.UTF-8",
                        "--no-instructions"));
    }

    String password() {
        try {
            return passwordFile().read();
        } catch (IOException failed) {
            throw failed("has lost its password", failed);
        }
    }

    private PasswordFile passwordFile() {
        return new PasswordFile(root.resolve("password"));
    }

    /** Lets another server have the directory. */
    @Override
    public void close() {
        lock.close();
    }
}
