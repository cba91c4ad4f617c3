package io.driftless.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.port.TargetTree;
import io.driftless.port.TargetTree.Marker;
import io.driftless.testkit.contract.TargetTreeContract;
import io.driftless.testkit.contract.TreeEditor;
import io.driftless.testkit.tree.DiskEditor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every target on a disk promises. */
public abstract class DiskTargetContract extends TargetTreeContract {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private DiskEditor editor;
    private TargetTree target;
    private boolean isTrashRefused;

    /** The target at this root as a new process has it. */
    protected abstract TargetTree newTarget(Path root);

    @BeforeEach
    void makeTarget(@TempDir Path home) {
        editor = new DiskEditor(home);
        target = rival();
    }

    @AfterEach
    void release() {
        target.release().block(PATIENCE);
        if (isTrashRefused) {
            refuseTrash(false);
        }
    }

    /** Nothing is moved into another file system. */
    @Override
    protected final boolean refuseTrash(boolean isRefused) {
        String trash = editor.root().resolve(".driftless/trash").toString();
        boolean isDone =
                isRefused ? runs("mount", "-t", "tmpfs", "none", trash) : runs("umount", trash);
        isTrashRefused = isRefused && isDone;
        return isDone;
    }

    private static boolean runs(String... command) {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException | InterruptedException refused) {
            throw new AssertionError(refused);
        }
    }

    @Override
    protected final TreeEditor editor() {
        return editor;
    }

    @Override
    protected final TargetTree target() {
        return target;
    }

    /** To write takes space, which a full disk lacks before the target is claimed. */
    @Test
    void writes_no_marker_that_is_there_already() throws IOException {
        Marker marker = new Marker("target", "folder", new UUID(0, 1), "agent", 7);
        target.claim(marker).block(PATIENCE);
        Object written = fileKey(editor.root().resolve(".driftless/marker.json"));

        restarted()
                .claim(new Marker("target", "folder", new UUID(0, 1), "agent", 8))
                .block(PATIENCE);

        assertThat(fileKey(editor.root().resolve(".driftless/marker.json"))).isEqualTo(written);
    }

    private static Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** A process that ends gives its lock up, and nothing else. */
    @Override
    protected final TargetTree restarted() {
        release();
        target = rival();
        return target;
    }

    @Override
    protected final TargetTree rival() {
        return newTarget(editor.root());
    }
}
