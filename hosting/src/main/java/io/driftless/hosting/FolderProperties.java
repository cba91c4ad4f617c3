package io.driftless.hosting;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.FolderId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The folder that a process works for.
 *
 * @param id chosen by its owner, the same for all services of the folder
 * @param source its directory, where this process works on the source; may be left out elsewhere
 */
@ConfigurationProperties(prefix = "driftless.folder", ignoreUnknownFields = false)
public record FolderProperties(@DefaultValue("") String id, @DefaultValue("") String source) {
    private static final String SOURCE = "driftless.folder.source";

    public FolderProperties {
        Allowed.check(
                id.matches("[a-z0-9][a-z0-9._-]{0,63}"),
                "driftless.folder.id",
                id,
                "1 to 64 of a-z 0-9 . _ -, letter or digit first");
        if (!source.isEmpty()) {
            Allowed.absolutePath(SOURCE, source);
        }
    }

    public FolderId folder() {
        return new FolderId(id);
    }

    /** The directory of the source, which is there now. */
    public Path sourceDirectory() {
        Path directory = Allowed.absolutePath(SOURCE, source);
        if (!Files.exists(directory)) {
            throw new SyncException(
                    ErrorCode.SOURCE_MISSING, SOURCE + " is " + source + ", which does not exist.");
        }
        if (!Files.isDirectory(directory)) {
            throw new SyncException(
                    ErrorCode.SOURCE_NOT_DIRECTORY,
                    SOURCE + " is " + source + ", which is not a directory.");
        }
        return directory;
    }
}
