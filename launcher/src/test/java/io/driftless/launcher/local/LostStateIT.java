package io.driftless.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.launcher.engine.Engine;
import io.driftless.launcher.engine.SyncOutcome;
import io.driftless.launcher.settings.SampleSettings;
import io.driftless.launcher.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A system that comes back without its database, with an old one, or without its store, between one
 * sync and the next.
 */
@Tag("P6")
@Tag("P4")
class LostStateIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int FILES = 60;
    private static final int FILE_BYTES = 20_000;

    @TempDir Path directory;
    private Path source;
    private Path target;

    @BeforeEach
    void fill() throws IOException {
        source = Files.createDirectories(directory.resolve("source"));
        target = directory.resolve("target");
        for (int i = 0; i < FILES; i++) {
            write("f" + i, i);
        }
        assertThat(sync().isConverged()).isTrue();
    }

    private void write(String name, int seed) throws IOException {
        byte[] bytes = new byte[FILE_BYTES];
        new Random(seed).nextBytes(bytes);
        Files.write(source.resolve(name), bytes);
    }

    /** One life of the system. */
    private SyncOutcome sync() {
        StateDirectory state = StateDirectory.open(directory.resolve("state"));
        var settings = SampleSettings.mirror(state.root(), source, target);
        Engine engine =
                Objects.requireNonNull(
                        new LocalEngineFactory(Map.of()).open(settings, state).block(PATIENCE));
        try {
            return Objects.requireNonNull(engine.sync().block(PATIENCE));
        } finally {
            engine.close().block(PATIENCE);
            state.close();
        }
    }

    private Path state(String part) {
        return directory.resolve("state").resolve(part);
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** With owners and modes: the server insists on them. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path copy = to.resolve(from.relativize(path).toString());
                Files.copy(
                        path, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                PosixFileAttributes is = Files.readAttributes(path, PosixFileAttributes.class);
                var set = Files.getFileAttributeView(copy, PosixFileAttributeView.class);
                set.setOwner(is.owner());
                set.setGroup(is.group());
            }
        }
    }

    /** Edits that each need another thing done at the target. */
    private void edit() throws IOException {
        Files.delete(source.resolve("f1"));
        write("f2", 1_002);
        write("new", 1_003);
    }

    private void assertEqual() throws IOException {
        try (Stream<Path> there = Files.list(target)) {
            assertThat(
                            there.map(Path::getFileName)
                                    .map(Path::toString)
                                    .filter(name -> !name.equals(".driftless")))
                    .containsExactlyInAnyOrder(source.toFile().list());
        }
        for (String name : source.toFile().list()) {
            assertThat(target.resolve(name)).hasSameBinaryContentAs(source.resolve(name));
        }
    }

    private void assertThatTrashIsEmpty() throws IOException {
        try (Stream<Path> trashed = Files.walk(target.resolve(".driftless/trash"))) {
            assertThat(trashed.filter(Files::isRegularFile)).isEmpty();
        }
    }

    private void assertThatTrashHolds(String... names) throws IOException {
        try (Stream<Path> trashed = Files.walk(target.resolve(".driftless/trash"))) {
            assertThat(
                            trashed.filter(Files::isRegularFile)
                                    .map(Path::getFileName)
                                    .map(Path::toString))
                    .containsExactlyInAnyOrder(names);
        }
    }

    /** What is stored of two new files, with pages: far less than all. */
    private static final long LITTLE = 4L * FILE_BYTES;

    @Test
    void stores_and_fetches_nothing_twice_when_the_database_is_lost() throws IOException {
        delete(state("postgres"));
        edit();

        SyncOutcome outcome = sync();

        assertThat(outcome.isConverged()).isTrue();
        assertThat(outcome.bytesStored()).isLessThan(LITTLE);
        assertThat(outcome.targets().getFirst().bytesFetched()).isLessThan(LITTLE);
        assertEqual();
        assertThatTrashIsEmpty();
    }

    /** P4: what there was is known of the store, so it is known how much is gone. */
    @Test
    void asks_before_it_empties_a_target_when_the_database_is_lost_too() throws IOException {
        delete(state("postgres"));
        for (int i = 0; i < FILES; i++) {
            Files.delete(source.resolve("f" + i));
        }

        SyncOutcome outcome = sync();

        assertThat(outcome.parked()).hasSize(1);
        assertThat(target.resolve("f0")).exists();
    }

    @Test
    void goes_on_after_what_was_published_when_the_database_is_an_old_copy() throws IOException {
        copy(state("postgres"), state("postgres.old"));
        edit();
        long seq = sync().targets().getFirst().seq();
        delete(state("postgres"));
        copy(state("postgres.old"), state("postgres"));
        write("f3", 1_004);

        SyncOutcome outcome = sync();

        assertThat(outcome.isConverged()).isTrue();
        assertThat(outcome.targets().getFirst().seq()).isGreaterThan(seq);
        assertThat(outcome.bytesStored()).isLessThan(LITTLE);
        assertEqual();
        assertThatTrashIsEmpty();
    }

    /** As from one backup of both; what the target holds is newer. */
    @Test
    void goes_on_when_database_and_store_are_old_copies_of_one_time() throws IOException {
        copy(state("postgres"), state("postgres.old"));
        copy(state("store"), state("store.old"));
        for (int i = 0; i < 4; i++) {
            write("later" + i, 2_000 + i);
            assertThat(sync().isConverged()).isTrue();
        }
        delete(state("postgres"));
        copy(state("postgres.old"), state("postgres"));
        delete(state("store"));
        copy(state("store.old"), state("store"));
        Files.delete(source.resolve("later0"));

        SyncOutcome outcome = sync();

        assertThat(outcome.isConverged()).isTrue();
        assertEqual();
    }

    @Test
    void goes_on_when_the_store_is_lost() throws IOException {
        delete(state("store"));
        edit();

        SyncOutcome outcome = sync();

        assertThat(outcome.isConverged()).isTrue();
        assertEqual();
        assertThatTrashIsEmpty();
    }

    @Test
    void goes_on_when_database_and_store_are_lost() throws IOException {
        delete(state("postgres"));
        delete(state("store"));
        edit();

        SyncOutcome outcome = sync();

        assertThat(outcome.isConverged()).isTrue();
        assertThat(outcome.targets().getFirst().bytesFetched()).isLessThan(LITTLE);
        assertEqual();
        assertThatTrashHolds("f1", "f2"); // Another folder took their place.
    }

    /** P4: nobody knows how much there was but the target. */
    @Test
    void asks_before_it_empties_a_target_when_database_and_store_are_lost() throws IOException {
        delete(state("postgres"));
        delete(state("store"));
        for (int i = 0; i < FILES; i++) {
            Files.delete(source.resolve("f" + i));
        }

        SyncOutcome outcome = sync();

        assertThat(outcome.isWaiting()).isTrue();
        assertThat(outcome.parked()).hasSize(1);
        assertThat(target.resolve("f0")).exists();
        assertThatTrashIsEmpty();
        for (int i = 0; i < FILES; i++) {
            write("f" + i, i);
        }
        SyncOutcome back = sync();
        assertThat(back.isConverged()).isTrue();
        assertThat(back.targets().getFirst().bytesFetched()).isZero();
        assertEqual();
        assertThatTrashIsEmpty();
    }
}
