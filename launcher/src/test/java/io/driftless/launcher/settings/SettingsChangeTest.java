package io.driftless.launcher.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.plan.Mode;
import io.driftless.reconciler.Schedule;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsChangeTest {
    private static final Schedule HOURLY = new Schedule.Every(Duration.ofHours(1));
    private static final Schedule AT_THREE = Schedule.parse("key", "0 3 * * *");
    private static final FolderSettings PHOTOS = folder("photos", "/photos", HOURLY);
    private static final FolderSettings MUSIC = folder("music", "/music", HOURLY);
    private static final RunSettings BOTH = settings(PHOTOS, MUSIC);

    private static FolderSettings folder(String id, String source, Schedule fullScan) {
        var target = new TargetSettings(new TargetId(id), Path.of("/copies", id), Mode.MIRROR);
        return new FolderSettings(new FolderId(id), Path.of(source), List.of(target), fullScan);
    }

    private static RunSettings settings(FolderSettings... folders) {
        return SampleSettings.of(Path.of("/state"), folders);
    }

    private static SettingsChange change(RunSettings wanted) {
        return SettingsChange.between(BOTH, SettingsChange.schedulesOf(BOTH), wanted);
    }

    @Test
    void the_same_settings_change_nothing() {
        assertThat(change(settings(MUSIC, PHOTOS)).isNone()).isTrue();
    }

    @Test
    void a_schedule_changes_for_its_folder_alone() {
        SettingsChange change = change(settings(PHOTOS.withFullScan(AT_THREE), MUSIC));

        assertThat(change.schedules()).isEqualTo(Map.of(PHOTOS.id(), AT_THREE));
        assertThat(change.restart()).isEmpty();
    }

    @Test
    void a_schedule_changes_against_the_one_in_force_and_not_against_the_first() {
        var inForce = Map.of(PHOTOS.id(), AT_THREE, MUSIC.id(), HOURLY);

        assertThat(SettingsChange.between(BOTH, inForce, BOTH).schedules())
                .isEqualTo(Map.of(PHOTOS.id(), HOURLY));
    }

    @Test
    void what_cannot_change_is_named_and_schedules_change_beside_it() {
        RunSettings wanted =
                settings(
                                folder("photos", "/elsewhere", AT_THREE),
                                folder("videos", "/videos", AT_THREE))
                        .withStateDirectory(Path.of("/other"));

        SettingsChange change = change(wanted);

        assertThat(change.restart())
                .containsExactly(
                        "driftless.state",
                        "driftless.folders: photos",
                        "driftless.folders: videos",
                        "driftless.folders: music");
        assertThat(change.schedules()).isEqualTo(Map.of(PHOTOS.id(), AT_THREE));
    }

    @Test
    void every_part_of_the_settings_counts() {
        RunSettings wanted =
                new RunSettings(
                        Path.of("/other"),
                        List.of(PHOTOS, MUSIC),
                        new StoreSettings.LocalS3(),
                        new RetentionSettings(Duration.ofHours(1), 1, Duration.ofHours(1)),
                        8123,
                        new GuardSettings(GuardSettings.DEFAULT.removals(), true),
                        new TargetChecks(Duration.ofHours(1), 0));

        assertThat(change(wanted).restart())
                .containsExactly(
                        "driftless.removals",
                        "driftless.retention",
                        "driftless.scrub",
                        "driftless.state",
                        "driftless.status-port",
                        "driftless.store",
                        "driftless.target-scan");
    }
}
