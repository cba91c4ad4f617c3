package io.driftless.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.launcher.settings.Mounts.Place;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountsTest {
    private static final String MACHINE =
            """
            1 1 0:2 / / rw - rootfs rootfs rw
            21 20 0:20 / /proc rw,nosuid - proc proc rw
            20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            30 20 8:2 / /data rw shared:7 master:2 - ext4 /dev/sdb1 rw
            """;

    @Test
    void a_directory_lies_where_the_mount_that_holds_it_leads() {
        assertPlace(MACHINE, "/home/me", "8:1", "/home/me");
        assertPlace(MACHINE, "/data/photos", "8:2", "/photos");
        assertPlace(MACHINE, "/data", "8:2", "/");
        assertPlace(MACHINE, "/data2", "8:1", "/data2");
        assertPlace(MACHINE, "/", "8:1", "/");
    }

    @Test
    void a_bind_mount_leads_to_a_directory_of_the_file_system() {
        String table = MACHINE + "31 20 8:2 /photos /mnt/bound rw - ext4 /dev/sdb1 rw\n";

        assertPlace(table, "/mnt/bound", "8:2", "/photos");
        assertPlace(table, "/mnt/bound/not/yet", "8:2", "/photos/not/yet");
        assertPlace("32 1 8:2 /photos / rw - ext4 /dev/sdb1 rw\n", "/", "8:2", "/photos");
        assertThat(place(table, "/data").contains(place(table, "/mnt/bound"))).isTrue();
        assertThat(place(table, "/data/photos")).isEqualTo(place(table, "/mnt/bound"));
        assertThat(place(table, "/data/photos2").contains(place(table, "/mnt/bound"))).isFalse();
        assertThat(place(table, "/photos").contains(place(table, "/mnt/bound"))).isFalse();
    }

    @Test
    void of_mounts_over_one_another_the_last_counts_and_hides_those_below() {
        String table =
                MACHINE
                        + "40 30 8:3 / /data rw - ext4 /dev/sdc1 rw\n"
                        + "41 30 8:4 / /data/below rw - ext4 /dev/sdd1 rw\n"
                        + "42 40 8:5 / /data/above rw - ext4 /dev/sde1 rw\n";

        assertPlace(table, "/data", "8:3", "/");
        assertPlace(table, "/data/below", "8:3", "/below");
        assertPlace(table, "/data/above/x", "8:5", "/x");
        assertThat(Mounts.of(table).below(Path.of("/data"))).containsExactly(new Place("8:5", "/"));
        assertThat(Mounts.of(table).below(Path.of("/dat"))).isEmpty();
    }

    @Test
    void names_are_told_with_escapes() {
        String table =
                MACHINE + "50 20 8:2 /a\\134b\\011c /mnt/with\\040space\\012line rw - ext4 x rw\n";

        assertPlace(table, "/mnt/with space\nline/x", "8:2", "/a\\b\tc/x");
    }

    @Test
    void subvolumes_and_layers_are_places_of_their_own() {
        String table =
                """
                60 59 0:57 / / rw - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w
                61 60 0:43 /@home /home rw - btrfs /dev/sda2 rw,subvol=/@home
                62 60 0:43 /@backup /backup rw - btrfs /dev/sda2 rw,subvol=/@backup
                63 60 8:1 /volumes/a/_data /a rw - ext4 /dev/sda1 rw
                64 60 8:1 /volumes/b/_data /b rw - ext4 /dev/sda1 rw
                """;

        assertPlace(table, "/srv/x", "0:57", "/srv/x");
        assertThat(place(table, "/home").contains(place(table, "/backup"))).isFalse();
        assertThat(place(table, "/a").contains(place(table, "/b"))).isFalse();
    }

    /** Linux says that all are mounted from the root; the source says from where. */
    @Test
    void directories_of_one_server_are_told_apart() {
        String table =
                MACHINE
                        + "70 20 0:60 / /mnt/photos rw - nfs4 nas:/export/photos rw,vers=4.2\n"
                        + "71 20 0:60 / /mnt/backup rw - nfs4 nas:/export/backup rw,vers=4.2\n"
                        + "72 20 0:60 / /mnt/y rw - nfs [fe80::1]:/export/photos/y rw,vers=3\n";

        assertThat(place(table, "/mnt/photos").contains(place(table, "/mnt/backup"))).isFalse();
        assertPlace(table, "/mnt/photos/x", "0:60", "/export/photos/x");
        assertThat(place(table, "/mnt/photos").contains(place(table, "/mnt/y/z"))).isTrue();
    }

    @Test
    void nothing_is_known_where_the_system_tells_nothing() {
        assertThat(Mounts.of("").placeOf(Path.of("/data"))).isEmpty();
        assertThat(Mounts.of("80 79 8:1 /a /in/a/jail rw - ext4 x rw\n").placeOf(Path.of("/data")))
                .isEmpty();
    }

    private static void assertPlace(String table, String path, String fileSystem, String within) {
        assertThat(place(table, path)).isEqualTo(new Place(fileSystem, within));
    }

    private static Place place(String table, String path) {
        return Mounts.of(table).placeOf(Path.of(path)).orElseThrow();
    }
}
