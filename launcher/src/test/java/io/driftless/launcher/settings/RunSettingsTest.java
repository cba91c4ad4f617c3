package io.driftless.launcher.settings;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.SyncException;
import io.driftless.plan.Mode;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunSettingsTest {
    private static final TargetSettings NAS =
            new TargetSettings(new TargetId("nas"), Path.of("/nas"), Mode.MIRROR);
    private static final FolderSettings PHOTOS = folder("photos", NAS);

    private static FolderSettings folder(String id, TargetSettings... targets) {
        return new FolderSettings(new FolderId(id), Path.of("/" + id), List.of(targets));
    }

    private static RunSettings settings(int port, FolderSettings... folders) {
        return new RunSettings(
                Path.of("/state"),
                List.of(folders),
                new StoreSettings.Directory(),
                RetentionSettings.DEFAULT,
                port,
                GuardSettings.DEFAULT);
    }

    @Test
    void names_the_key_the_value_and_the_range_of_what_is_out_of_it() {
        assertBad(
                () -> new TargetChecks(Duration.ZERO, 0),
                "driftless.target-scan is PT0S but must be PT1S to ");
        assertBad(
                () -> settings(65_536, PHOTOS),
                "driftless.status-port is 65536 but must be 0 to 65535.");
    }

    @Test
    void wants_folders_with_targets_and_names_of_their_own() {
        assertBad(() -> settings(0), "driftless.folders is empty");
        assertBad(() -> folder("photos"), "Folder photos has no target.");
        assertBad(() -> settings(0, PHOTOS, PHOTOS), "Two folders have the id photos.");
        assertBad(
                () -> settings(0, PHOTOS, folder("music", NAS)), "Two targets have the name nas.");
        assertBad(() -> folder("Photos", NAS), "Folder id 'Photos'");
    }

    private static void assertBad(Runnable made, String message) {
        assertThatThrownBy(made::run)
                .isInstanceOf(SyncException.class)
                .hasMessageStartingWith(message);
    }
}
