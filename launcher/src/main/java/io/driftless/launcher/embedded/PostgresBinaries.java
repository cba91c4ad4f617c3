package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;

/**
 * PostgreSQL's programs, packed on the class path and unpacked once for every version into a cache.
 */
final class PostgresBinaries {
    private static final Map<String, String> SYSTEMS = Map.of("linux", "linux", "mac", "darwin");

    private static final Map<String, String> PROCESSORS =
            Map.of("amd64", "x86_64", "x86_64", "x86_64", "aarch64", "arm_64", "arm64", "arm_64");

    private final String archive;
    private final URL packed;

    private PostgresBinaries(String archive, URL packed) {
        this.archive = archive;
        this.packed = packed;
    }

    static PostgresBinaries ofThisMachine() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).split(" ", 2)[0];
        String processor = System.getProperty("os.arch");
        return of(system, processor);
    }

    static PostgresBinaries of(String system, String processor) {
        String archive =
                "postgres-%s-%s.txz"
                        .formatted(
                                SYSTEMS.getOrDefault(system, system),
                                PROCESSORS.getOrDefault(processor, processor));
        URL packed = PostgresBinaries.class.getResource("/" + archive);
        if (packed == null) {
            throw new SyncException(
                    ErrorCode.START_FAILED,
                    "PostgreSQL is not packed for this machine: "
                            + archive
                            + " is not on the class path. The services of their own can use a"
                            + " server that runs elsewhere.");
        }
        return new PostgresBinaries(archive, packed);
    }

    /** Where programs go by the conventions of the desktop, for this user. */
    static Path userCache() {
        return userCache(System.getenv(), System.getProperty("user.home"));
    }

    /**
     * @param home as the system has it for the user, or else {@code HOME}; no path where there is
     *     neither
     */
    static Path userCache(Map<String, String> environment, String home) {
        String named = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (named.startsWith("/")) { // The specification says to ignore relative ones.
            return Path.of(named, "driftless");
        }
        if (!home.startsWith("/")) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "This user has no home directory to unpack PostgreSQL below: set HOME or"
                            + " XDG_CACHE_HOME to an absolute path.");
        }
        return Path.of(home, ".cache", "driftless");
    }

    /** The directory that holds {@code bin}, {@code lib} and {@code share}. */
    Path unpackedIn(Path cache) {
        try {
            Path home = cache.toAbsolutePath().resolve(version());
            if (!Files.isDirectory(home)) {
                Files.createDirectories(home.getParent());
                unpackTo(home);
            }
            return home;
        } catch (IOException failed) {
            throw new SyncException(
                    ErrorCode.START_FAILED,
                    "PostgreSQL could not be unpacked to " + cache + ": " + failed + ".",
                    failed);
        }
    }

    /**
     * The archive's name with its checksum, as the jar's directory has it: a new archive has a new
     * home.
     */
    private String version() throws IOException {
        URLConnection connection = packed.openConnection();
        connection.setUseCaches(false);
        String name = archive.substring(0, archive.lastIndexOf('.'));
        if (connection instanceof JarURLConnection jar) {
            try (var file = jar.getJarFile()) {
                return name + "-" + Long.toHexString(jar.getJarEntry().getCrc());
            }
        }
        return name + "-" + Long.toHexString(connection.getContentLengthLong());
    }

    /**
     * The rename at the end makes it whole or absent, with any number of processes doing the same.
     */
    private void unpackTo(Path home) throws IOException {
        Path fresh = Files.createTempDirectory(home.getParent(), "unpacking-");
        try {
            if (!unpackWithTar(fresh)) {
                try (InputStream in = packed.openStream()) {
                    TarArchive.unpack(in, fresh);
                }
            }
            new FileTree(fresh)
                    .force(); // else a power cut could leave empty files behind the final name
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException another) {
            new FileTree(fresh).delete(); // another process was faster
        } catch (IOException | RuntimeException failed) {
            new FileTree(fresh).delete();
            throw failed;
        }
    }

    /** Three times as fast as Java; false where there is no tar or no xz. */
    private boolean unpackWithTar(Path directory) throws IOException {
        Path copy = directory.resolve(archive);
        try (InputStream in = packed.openStream()) {
            Files.copy(in, copy);
        }
        boolean unpacked =
                Command.of("tar", "-xJf", copy.toString(), "-C", directory.toString()).succeeds();
        Files.delete(copy);
        return unpacked;
    }
}
