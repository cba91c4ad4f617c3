package io.driftless.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.DurationText;
import io.driftless.plan.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings as texts: durations, stores, targets. */
class SettingTextsTest {
    private static final Path BASE = Path.of("/base");

    @ParameterizedTest
    @CsvSource({
        "90s,PT1M30S",
        "15m,PT15M",
        "1h30m,PT1H30M",
        "7d,P7D",
        "250ms,PT0.25S",
        "1d2h3m4s,PT26H3M4S"
    })
    void reads_durations(String text, Duration duration) {
        assertThat(DurationText.parse("key", text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "15", "m", "1.5h", "-1s", "1h 30m", "99999999999s"})
    void refuses_what_is_no_duration(String text) {
        assertThatThrownBy(() -> DurationText.parse("driftless.full-scan", text))
                .isInstanceOf(SyncException.class)
                .hasMessageStartingWith(
                        "driftless.full-scan is '" + text + "' but must be a duration");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "17,17",
        "17B,17",
        "3KB,3072",
        "512MB,536870912",
        "1GB,1073741824",
        "2TB,2199023255552",
        "999999999999999TB,9223370937343148032"
    })
    void reads_sizes(String text, long bytes) {
        assertThat(SizeText.parse("key", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "GB", "1.5GB", "1 GB", "1gb", "1GiB"})
    void refuses_what_is_no_size(String text) {
        assertThatThrownBy(() -> SizeText.parse("driftless.scrub", text))
                .isInstanceOf(SyncException.class)
                .hasMessageStartingWith("driftless.scrub is '" + text + "' but must be a size");
    }

    @Test
    void reads_stores() {
        assertThat(StoreSettings.parse("dir")).isEqualTo(new StoreSettings.Directory());
        assertThat(StoreSettings.parse("s3-local")).isEqualTo(new StoreSettings.LocalS3());
        assertThat(StoreSettings.parse("s3://bucket")).isEqualTo(s3(""));
        assertThat(StoreSettings.parse("s3://bucket/")).isEqualTo(s3(""));
        assertThat(StoreSettings.parse("s3://bucket/a/b")).isEqualTo(s3("a/b/"));
        assertThat(StoreSettings.parse("s3://bucket/a/b/")).isEqualTo(s3("a/b/"));
    }

    private static StoreSettings s3(String prefix) {
        return new StoreSettings.S3("bucket", prefix, Optional.empty(), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "S3",
                "s3://",
                "s3:///prefix",
                "s3://Bucket",
                "http://bucket",
                "directory"
            })
    void refuses_what_is_no_store(String text) {
        assertThatThrownBy(() -> StoreSettings.parse(text))
                .isInstanceOf(SyncException.class)
                .hasMessageContaining("must be dir, s3-local or s3://BUCKET");
    }

    @Test
    void names_targets_after_their_directories() {
        assertThat(named("/mnt/NAS Disk", "/backup", "x/backup", "/", "...", "/data/-9"))
                .containsExactly(
                        Map.entry("nas-disk", Path.of("/mnt/NAS Disk")),
                        Map.entry("backup", Path.of("/backup")),
                        Map.entry("backup-2", Path.of("/base/x/backup")),
                        Map.entry("root", Path.of("/")),
                        Map.entry("target", Path.of("/base/...")),
                        Map.entry("9", Path.of("/data/-9")));
    }

    @Test
    void takes_given_names_and_keeps_the_others_away_from_them() {
        assertThat(named("/a/nas", "nas=/b", "/a=b", "a.b-c=/x=y"))
                .containsExactly(
                        Map.entry("nas-2", Path.of("/a/nas")),
                        Map.entry("nas", Path.of("/b")),
                        Map.entry("a-b", Path.of("/a=b")),
                        Map.entry("a.b-c", Path.of("/x=y")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nas="})
    void refuses_an_empty_target(String text) {
        assertThatThrownBy(() -> named(text))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageStartingWith("A directory is the empty text");
    }

    @Test
    void refuses_a_directory_whose_name_was_no_text() {
        assertNotUtf8(() -> Directories.absolute("caf\uFFFD", BASE));
        assertNotUtf8(() -> Directories.absolute("copy", Path.of("/caf\uFFFD")));
        assertThat(Directories.absolute("/copy", Path.of("/caf\uFFFD")))
                .isEqualTo(Path.of("/copy"));
    }

    private static void assertNotUtf8(ThrowingCallable name) {
        assertThatThrownBy(name)
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageContaining("is not UTF-8");
    }

    private static List<Map.Entry<String, Path>> named(String... texts) {
        return TargetNames.parse(List.of(texts), Mode.MIRROR, BASE).stream()
                .map(target -> Map.entry(target.id().value(), target.directory()))
                .toList();
    }

    @Test
    void makes_state_directories_where_the_user_keeps_state() {
        assertThat(StateHome.of(Map.of("HOME", "/home/me")))
                .isEqualTo(Path.of("/home/me/.local/state/driftless"));
        assertThat(StateHome.of(Map.of("HOME", "/home/me", "XDG_STATE_HOME", "/xdg")))
                .isEqualTo(Path.of("/xdg/driftless"));
        assertThat(StateHome.of(Map.of("HOME", "/home/me", "XDG_STATE_HOME", "relative")))
                .isEqualTo(Path.of("/home/me/.local/state/driftless"));
        assertThatThrownBy(() -> StateHome.of(Map.of()))
                .isInstanceOf(SyncException.class)
                .hasMessageContaining("--state");
    }
}
