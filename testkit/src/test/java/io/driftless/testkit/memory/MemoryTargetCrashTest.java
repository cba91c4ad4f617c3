package io.driftless.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Sha256;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree;
import io.driftless.port.TargetTree.Marker;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.Removal;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** A process that is killed before any step of its work loses nothing that a user wrote. */
@Tag("P3")
@Tag("P8")
class MemoryTargetCrashTest {
    private static final Marker MARKER =
            new Marker("backup", "photos", new UUID(1, 2), "agent-1", 1);
    private static final EntryPath FILE = EntryPath.parse("f");
    private static final StageName STAGED = new StageName("new");
    private static final String THEIRS = "written by a user";

    @Test
    void keeps_what_was_in_the_way_of_a_file_whenever_it_is_killed() {
        int steps = killAtEveryStep(MemoryTargetCrashTest::replace);

        assertThat(steps).isGreaterThan(4);
    }

    @Test
    void keeps_what_was_removed_unknown_whenever_it_is_killed() {
        int steps =
                killAtEveryStep(target ->
                        target.remove(List.of(new Removal(FILE, Optional.empty()))).block());

        assertThat(steps).isGreaterThan(1);
    }

    /** Does the work again and again, each time one step further, until it ends by itself. */
    private static int killAtEveryStep(Consumer<TargetTree> work) {
        for (int step = 0; ; step++) {
            MemoryTree disk = new MemoryTree(InstantSource.fixed(Instant.EPOCH));
            disk.write(FILE, bytes(THEIRS));
            MemoryTargetTree target = new MemoryTargetTree(disk);
            target.claim(MARKER).block();

            boolean isKilled = runUntil(step, disk, () -> work.accept(target));

            target.crash();
            recover(new MemoryTargetTree(disk));
            assertThat(textsBelow(disk, EntryPath.ROOT))
                    .as("killed at step %d", step)
                    .contains(THEIRS);
            if (!isKilled) {
                return step;
            }
        }
    }

    private static boolean runUntil(int step, MemoryTree disk, Runnable work) {
        AtomicInteger left = new AtomicInteger(step);
        Disposable killer =
                disk.beforeChanges(() -> {
                    if (left.getAndDecrement() == 0) {
                        throw new Killed();
                    }
                });
        try {
            work.run();
            return false;
        } catch (Killed killed) {
            return true;
        } finally {
            killer.dispose();
        }
    }

    private static void replace(TargetTree target) {
        byte[] ours = bytes("ours");
        BlockRef block = new BlockRef(Sha256.block(ours), ours.length);
        Content content =
                new Content(
                        Sha256.content(List.of(block)),
                        ours.length,
                        new Content.Blocks.Inline(List.of(block)));
        Metadata metadata = new Metadata(0644, 1, 1, Timestamp.EPOCH);
        Entry.FileEntry entry = new Entry.FileEntry(FILE, metadata, content);
        target.stage(List.of(new SmallFile(entry, STAGED, List.of(ByteBuffer.wrap(ours))))).block();
        target.place(List.of(new Placement(entry, STAGED, Optional.empty()))).block();
    }

    /** Keeps whatever the stage holds, as one does who knows of no intent. */
    private static void recover(TargetTree target) {
        target.claim(MARKER).block();
        List<StageName> names =
                target.leftovers().block().stream().map(TargetTree.Leftover::name).toList();
        target.keep(names).block();
    }

    private static List<String> textsBelow(MemoryTree disk, EntryPath directory) {
        return disk.names(directory).stream()
                .flatMap(path ->
                        disk.bytes(path).isPresent()
                                ? disk.bytes(path).map(MemoryTargetCrashTest::text).stream()
                                : textsBelow(disk, path).stream())
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
