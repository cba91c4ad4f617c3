package io.driftless.testkit.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.disk.LinuxTargetTree;
import io.driftless.adapter.disk.PortableTargetTree;
import io.driftless.adapter.disk.TrashLimits;
import io.driftless.block.Content;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree;
import io.driftless.port.TargetTree.Marker;
import io.driftless.port.TargetTree.MetadataChange;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.Removal;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TargetTree.StageName;
import io.driftless.testkit.tree.DiskEditor;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

/**
 * A directory that becomes a symlink to the outside and back, all the time, while a target works in
 * it.
 */
@Tag("P7")
class SwappedDirectoryIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ROUNDS = 400;
    private static final EntryPath INSIDE = EntryPath.parse("d/kept");
    private static final StageName STAGED = new StageName("new");

    @TempDir private Path home;

    @Test
    void leads_the_linux_target_nowhere() throws Exception {
        DiskEditor editor = new DiskEditor(home);

        assertOutsideStaysAsItIs(
                editor,
                new LinuxTargetTree(
                        editor.root(),
                        Schedulers.immediate(),
                        InstantSource.system(),
                        TrashLimits.DEFAULT));
    }

    @Test
    void leads_the_portable_target_nowhere() throws Exception {
        DiskEditor editor = new DiskEditor(home);

        assertOutsideStaysAsItIs(
                editor,
                new PortableTargetTree(
                        editor.root(),
                        Schedulers.immediate(),
                        InstantSource.system(),
                        TrashLimits.DEFAULT));
    }

    private void assertOutsideStaysAsItIs(DiskEditor editor, TargetTree target) throws Exception {
        Path outside = home.resolve("outside");
        editor.makeDirectory(EntryPath.parse("d"));
        editor.makeSymlink(EntryPath.parse("link"), editor.outside());
        Map<String, Object> before = attributes(outside.resolve("kept"));
        target.claim(new Marker("backup", "photos", new UUID(1, 2), "agent-1", 1)).block(PATIENCE);

        Thread swapper =
                Thread.ofPlatform().daemon().start(() -> swapUntilInterrupted(editor.root()));
        int placed = 0;
        try {
            for (int i = 0; i < ROUNDS; i++) {
                placed += work(target, editor) ? 1 : 0;
            }
        } finally {
            swapper.interrupt();
            swapper.join();
            target.release().block(PATIENCE);
        }

        assertThat(placed).as("rounds in which the directory was one").isBetween(1, ROUNDS - 1);
        assertThat(editor.isOutsideIntact()).isTrue();
        assertThat(attributes(outside.resolve("kept"))).isEqualTo(before);
    }

    /** True where the file came to be in the directory. */
    private static boolean work(TargetTree target, DiskEditor editor) {
        Metadata root = editor.stat(EntryPath.ROOT).orElseThrow().metadata();
        Metadata wanted = new Metadata(0600, root.uid(), root.gid(), new Timestamp(1, 0));
        Entry.FileEntry entry = new Entry.FileEntry(INSIDE, wanted, Content.empty());
        target.stage(List.of(new SmallFile(entry, STAGED, List.of()))).block(PATIENCE);
        List<Outcome> placed =
                target.place(List.of(new Placement(entry, STAGED, Optional.empty())))
                        .block(PATIENCE);
        Metadata other = new Metadata(0640, root.uid(), root.gid(), new Timestamp(2, 0));
        target.setMetadata(List.of(new MetadataChange(INSIDE, other, Optional.empty())))
                .block(PATIENCE);
        target.remove(List.of(new Removal(INSIDE, Optional.empty()))).block(PATIENCE);
        target.discard(List.of(STAGED)).block(PATIENCE);
        return placed.getFirst() instanceof Outcome.Done;
    }

    private static void swapUntilInterrupted(Path root) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                move(root, "d", "aside");
                move(root, "link", "d");
                move(root, "d", "link");
                move(root, "aside", "d");
            }
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void move(Path root, String from, String to) throws IOException {
        Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    private static Map<String, Object> attributes(Path file) throws IOException {
        return Files.readAttributes(
                file, "unix:mode,uid,gid,size,lastModifiedTime,ctime,ino,nlink");
    }
}
