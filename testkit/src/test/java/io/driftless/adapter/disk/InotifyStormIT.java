package io.driftless.adapter.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceWatch.WatchEvent;
import io.driftless.testkit.tree.DiskEditor;
import io.driftless.tree.Stat;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is done to directories at the same time as they are registered, in the end each is
 * watched.
 */
class InotifyStormIT {
    private static final int EDITS = 400;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void watches_every_directory_after_a_storm(long seed, @TempDir Path home) throws Exception {
        DiskEditor editor = new DiskEditor(home);
        WatchRecorder recorder = WatchRecorder.of(new InotifyWatch(editor.root(), 1_000_000));

        Thread other = Thread.ofPlatform().start(() -> storm(editor, new Random(-seed)));
        storm(editor, new Random(seed));
        other.join();
        recorder.awaitsSilence();
        List<EntryPath> probes = new ArrayList<>();
        for (EntryPath directory : directories(editor)) {
            EntryPath probe = directory.child("probe");
            editor.write(probe, new byte[1]);
            probes.add(probe);
        }

        recorder.awaitsChanges(probes);
        assertThat(recorder.events).noneMatch(WatchEvent.Degraded.class::isInstance);
        assertThat(recorder.events).noneMatch(WatchEvent.Lost.class::isInstance);
        assertThat(recorder.failures).isEmpty();
        recorder.cancel();
    }

    /** Edits collide; what is refused is left. */
    private static void storm(DiskEditor editor, Random random) {
        for (int i = 0; i < EDITS; i++) {
            try {
                edit(editor, random, i);
            } catch (UncheckedIOException | java.util.NoSuchElementException collided) {
                assertThat(collided).isNotNull();
            }
        }
    }

    private static void edit(DiskEditor editor, Random random, int i) {
        List<EntryPath> all = directories(editor);
        EntryPath one = all.get(random.nextInt(all.size()));
        EntryPath other = all.get(random.nextInt(all.size()));
        EntryPath name = other.child("d" + random.nextInt(6));
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> editor.makeDirectory(name);
            case 5, 6, 7 -> editor.rename(one, name);
            case 8 -> editor.delete(one.depth() > 1 ? one : name);
            default -> editor.write(one.child("f" + i), new byte[3]);
        }
    }

    private static List<EntryPath> directories(DiskEditor editor) {
        List<EntryPath> all = new ArrayList<>(List.of(EntryPath.ROOT));
        for (int i = 0; i < all.size(); i++) {
            for (EntryPath path : editor.names(all.get(i))) {
                if (editor.stat(path)
                        .filter(stat -> stat.kind() == Stat.Kind.DIRECTORY)
                        .isPresent()) {
                    all.add(path);
                }
            }
        }
        return all;
    }
}
