package io.driftless.launcher.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresBinariesIT {
    @TempDir Path cache;

    @Test
    void are_unpacked_once() throws Exception {
        Path first = PostgresBinaries.ofThisMachine().unpackedIn(cache);
        Files.createFile(first.resolve("untouched"));

        Path second = PostgresBinaries.ofThisMachine().unpackedIn(cache);

        assertThat(second).isEqualTo(first);
        assertThat(second.resolve("untouched")).exists();
        assertThat(cache).isDirectoryNotContaining(path -> !path.equals(first));
    }

    @Test
    void are_the_same_whether_tar_or_java_unpacks_them() throws Exception {
        Path home = PostgresBinaries.ofThisMachine().unpackedIn(cache.resolve("tar"));
        Path unpacked = Files.createDirectory(cache.resolve("java"));

        try (InputStream packed =
                PostgresBinaries.class.getResourceAsStream("/postgres-linux-x86_64.txz")) {
            TarArchive.unpack(packed, unpacked);
        }

        assertThat(files(unpacked)).isEqualTo(files(home));
    }

    @Test
    void are_missed_by_name_on_a_machine_they_are_not_packed_for() {
        assertThatThrownBy(() -> PostgresBinaries.of("plan9", "vax"))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failed -> assertThat(failed.code()).isEqualTo(ErrorCode.START_FAILED))
                .hasMessageContaining("postgres-plan9-vax.txz");
    }

    @Test
    void go_below_a_directory_that_is_the_same_wherever_the_program_is_started() {
        assertThat(PostgresBinaries.userCache(Map.of("XDG_CACHE_HOME", "/xdg"), "?"))
                .isEqualTo(Path.of("/xdg/driftless"));
        assertThat(PostgresBinaries.userCache(Map.of("XDG_CACHE_HOME", "relative"), "/home/me"))
                .isEqualTo(Path.of("/home/me/.cache/driftless"));
        assertThatThrownBy(() -> PostgresBinaries.userCache(Map.of(), "?"))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failed -> assertThat(failed.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageContaining("XDG_CACHE_HOME");
    }

    /** What each file is: where a link leads, or how long the file is and whether it can be run. */
    private static Map<String, String> files(Path top) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(top)) {
            for (Path path : paths.toList()) {
                files.put(top.relativize(path).toString(), describe(path));
            }
        }
        return files;
    }

    private static String describe(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "to " + Files.readSymbolicLink(path);
        }
        boolean isProgram =
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)
                        .contains(PosixFilePermission.OWNER_EXECUTE);
        return Files.isDirectory(path) ? "directory" : Files.size(path) + " " + isProgram;
    }
}
