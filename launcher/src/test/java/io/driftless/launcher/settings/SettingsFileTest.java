package io.driftless.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.plan.Mode;
import io.driftless.reconciler.Schedule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
    private static final String ONE_FOLDER =
            """
              folders:
                - id: photos
                  source: /photos
                  targets:
                    - directory: /copy
            """;

    @TempDir Path directory;

    @Test
    void reads_every_setting() {
        SettingsFile file =
                read(
                        """
                        driftless:
                          state: state
                          store: s3://bucket/prefix
                          s3:
                            endpoint: http://localhost:9000
                            region: eu-west-1
                          full-scan: 1h
                          retention: {time: 2d, commits: 7, grace: 90m}
                          target-scan: 5m
                          scrub: 20GB
                          status-port: 8123
                          folders:
                            - id: photos
                              source: /photos
                              mode: overlay
                              targets:
                                - name: nas
                                  directory: /mnt/nas
                                  mode: mirror
                                - directory: copies/one
                                - directory: other/one
                        """);

        assertThat(file.state()).contains(directory.resolve("state"));
        assertThat(file.store(Optional.empty()).orElseThrow())
                .isEqualTo(
                        new StoreSettings.S3(
                                "bucket",
                                "prefix/",
                                Optional.of("http://localhost:9000"),
                                Optional.of("eu-west-1")));
        assertThat(file.retention())
                .isEqualTo(new RetentionSettings(Duration.ofDays(2), 7, Duration.ofMinutes(90)));
        assertThat(file.targetScan()).contains("5m");
        assertThat(file.scrub()).contains("20GB");
        assertThat(file.statusPort()).contains(8123);
        List<TargetSettings> targets = file.folders(Optional.empty()).getFirst().targets();
        assertThat(targets)
                .extracting(target -> target.id().value())
                .containsExactly("nas", "one", "one-2");
        assertThat(targets)
                .extracting(TargetSettings::mode)
                .containsExactly(Mode.MIRROR, Mode.OVERLAY, Mode.OVERLAY);
        assertThat(targets.get(1).directory()).isEqualTo(directory.resolve("copies/one"));
    }

    @Test
    void scans_each_source_by_its_own_schedule_or_by_that_of_all() {
        SettingsFile file =
                read(
                        """
                        driftless:
                          full-scan: 0 3 * * *
                          folders:
                            - id: photos
                              source: /photos
                              full-scan: 1h
                              targets: [{directory: /copies/photos}]
                            - id: music
                              source: /music
                              targets: [{directory: /copies/music}]
                        """);
        Schedule line = Schedule.parse("key", "7d");

        assertThat(file.folders(Optional.empty()))
                .extracting(FolderSettings::fullScan)
                .containsExactly(Schedule.parse("key", "1h"), Schedule.parse("key", "0 3 * * *"));
        assertThat(file.folders(Optional.of(line)))
                .extracting(FolderSettings::fullScan)
                .containsExactly(line, line);
        assertThat(read("driftless:\n" + ONE_FOLDER).folders(Optional.empty()))
                .extracting(FolderSettings::fullScan)
                .containsExactly(FolderSettings.DEFAULT_FULL_SCAN);
    }

    @Test
    void names_the_folder_whose_schedule_is_none() {
        assertBad(
                "driftless:\n  folders:\n    - id: a\n      source: /a\n      full-scan: 0 3 * *\n      targets: [{directory: /b}]",
                "driftless.folders[0].full-scan is '0 3 * *'; must be");
    }

    @Test
    void refuses_a_retention_of_nothing() {
        SettingsFile file = read("driftless:\n  retention: {commits: 0}\n" + ONE_FOLDER);

        assertThatThrownBy(file::retention)
                .hasMessage("driftless.retention.commits is 0 but must be 1 or more.");
    }

    @Test
    void says_how_to_reach_a_store_that_was_named_elsewhere() {
        SettingsFile file =
                read("driftless:\n  s3: {endpoint: 'http://localhost:9000'}\n" + ONE_FOLDER);

        assertThat(file.store(Optional.of("s3://other")))
                .contains(
                        new StoreSettings.S3(
                                "other",
                                "",
                                Optional.of("http://localhost:9000"),
                                Optional.empty()));
    }

    @Test
    void names_the_key_the_value_and_what_is_allowed() {
        assertBad(
                "driftless:\n  status-port: high\n" + ONE_FOLDER,
                "driftless.status-port is 'high' but must be a whole number");
        assertBad(
                "driftless:\n  folders:\n    - id: a\n      source: /a\n      mode: both\n      targets: [{directory: /b}]",
                "driftless.folders[0].mode is 'both' but must be mirror or overlay");
        assertBad(
                "driftless:\n  folders:\n    - id: a\n      source: /a\n      targets: [{name: x}]",
                "driftless.folders[0].targets[0].directory is missing");
        assertBad(
                "driftless:\n  folders: []",
                "driftless.folders is '[]' but must be a list of at least one");
        assertBad("driftless: yes", "driftless is 'true' but must be a mapping");
    }

    @Test
    void refuses_keys_that_it_does_not_know() {
        assertBad(
                "driftless:\n  foldres: []\n" + ONE_FOLDER,
                "driftless.foldres is not a setting; known are state, store");
        assertBad("drftless:\n  folders: []", "is not a setting; known are driftless");
    }

    @Test
    void says_where_a_file_is_no_yaml() {
        assertBad("driftless:\n  folders: [\n", "is not valid YAML", "line 3");
        assertBad(
                "driftless:\n  state: a\n  state: b\n" + ONE_FOLDER,
                "is not valid YAML",
                "duplicate key state");
        assertBad("", "is empty");
        assertBad("driftless: !!javax.script.ScriptEngineManager []", "is not valid YAML");
    }

    @Test
    void says_when_there_is_no_file() {
        assertThatThrownBy(() -> SettingsFile.read(directory.resolve("nowhere.yaml")))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageContaining("nowhere.yaml");
    }

    private void assertBad(String text, String... inMessage) {
        assertThatThrownBy(
                        () -> {
                            SettingsFile file = read(text);
                            file.folders(Optional.empty());
                            file.statusPort();
                        })
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageContainingAll(inMessage);
    }

    private SettingsFile read(String text) {
        try {
            return SettingsFile.read(Files.writeString(directory.resolve("driftless.yaml"), text));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
