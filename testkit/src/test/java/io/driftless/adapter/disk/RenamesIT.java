package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that change at the same moment. */
@Tag("P3")
class RenamesIT {
    private static final byte[] NAME = "f".getBytes(UTF_8);
    private static final int SAVES = 20_000;

    @TempDir Path home;

    /** Editors write beside a file and rename over it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void take_what_is_there_and_destroy_nothing_that_comes_meanwhile(boolean hasFlags)
            throws IOException {
        Path tree = Files.createDirectory(home.resolve("tree"));
        Path ours = Files.createDirectory(home.resolve("ours"));
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Void> taking =
                CompletableFuture.runAsync(
                        () -> takeAll(new Renames(hasFlags), tree, ours, isOver));
        List<Integer> gone = new ArrayList<>();
        try {
            for (int i = 0; i < SAVES; i++) {
                Path beside = Files.writeString(home.resolve("beside"), "" + i);
                Files.move(beside, tree.resolve("f"), StandardCopyOption.ATOMIC_MOVE);
                if (!Files.exists(tree.resolve("f"))) {
                    gone.add(i);
                }
            }
        } finally {
            isOver.set(true);
            taking.join();
        }

        assertThat(gone).isNotEmpty();
        assertThat(texts(ours)).containsAll(gone);
    }

    private static void takeAll(Renames renames, Path tree, Path ours, AtomicBoolean isOver) {
        try (Descriptor from = opened(tree);
                Descriptor to = opened(ours)) {
            for (int i = 0; !isOver.get(); i++) {
                renames.take(from.number(), NAME, to.number(), ("out-" + i).getBytes(UTF_8));
            }
        }
    }

    private static Descriptor opened(Path directory) {
        return Opening.root(directory.toString().getBytes(UTF_8));
    }

    private static Set<Integer> texts(Path directory) throws IOException {
        Set<Integer> texts = new HashSet<>();
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                texts.add(Integer.parseInt(Files.readString(file)));
            }
        }
        return texts;
    }
}
