package io.driftless.launcher.settings;

import io.driftless.plan.Mode;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.nio.file.Path;
import java.util.List;

/** Settings of which all that a test does not name is as it is by default. */
public final class SampleSettings {
    private SampleSettings() {}

    /** With a store in the state directory. */
    public static RunSettings of(Path state, FolderSettings... folders) {
        return new RunSettings(
                state,
                List.of(folders),
                new StoreSettings.Directory(),
                RetentionSettings.DEFAULT,
                0,
                GuardSettings.DEFAULT);
    }

    /** One folder with one mirror. */
    public static RunSettings mirror(Path state, Path source, Path target) {
        var copy = new TargetSettings(new TargetId("copy"), target, Mode.MIRROR);
        return of(state, new FolderSettings(new FolderId("one"), source, List.of(copy)));
    }
}
