package io.driftless.adapter.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TreeReader.Cut;
import io.driftless.port.TreeReader.Range;
import io.driftless.testkit.tree.DiskEditor;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Listed;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What a reader must withstand on a real disk, beyond the suite that every reader passes. */
@Tag("P7")
class LinuxTreeSafetyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LOOKS = 3000;

    private Path home;
    private DiskEditor editor;
    private LinuxTreeReader reader;

    @BeforeEach
    void makeTree(@TempDir Path directory) {
        home = directory;
        editor = new DiskEditor(directory);
        reader = reader(editor.root());
    }

    private static LinuxTreeReader reader(Path root) {
        return new LinuxTreeReader(root, Schedulers.boundedElastic());
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static <T> T get(Mono<T> answer) {
        return Objects.requireNonNull(answer.block(PATIENCE));
    }

    private Found look(String path) {
        return get(reader.look(List.of(path(path)))).getFirst();
    }

    @Test
    void never_sees_anything_through_a_symlink_that_comes_and_goes() throws Exception {
        editor.makeDirectory(path("d"));
        editor.makeSymlink(path("link"), editor.outside());
        EntryPath kept = path("d/kept");

        try (Swapping _ = Swapping.of(editor.root().resolve("d"), editor.root().resolve("link"))) {
            for (int i = 0; i < LOOKS; i++) {
                assertThat(look("d/kept")).isEqualTo(new Found.Absent(kept));
                assertThat(get(reader.cut(kept, 0, 1)))
                        .isEqualTo(new Cut.Failed(new Found.Absent(kept)));
                assertThat(get(reader.list(path("d"))))
                        .allMatch(Listed.Unlistable.class::isInstance);
            }
        }
    }

    @Test
    void never_waits_for_a_fifo_that_takes_the_place_of_a_file() throws Exception {
        editor.write(path("f"), new byte[10]);
        editor.makeOther(path("p"));

        try (Swapping _ = Swapping.of(editor.root().resolve("f"), editor.root().resolve("p"))) {
            for (int i = 0; i < LOOKS; i++) {
                Cut cut = get(reader.cut(path("f"), 0, 1));
                assertThat(cut instanceof Cut.Failed || ((Cut.Blocks) cut).isWhole()).isTrue();
            }
        }
    }

    @Test
    void reads_a_root_whose_name_is_not_text() throws Exception {
        Path root = Path.of(URI.create("file://" + home.toUri().getRawPath() + "r%FF%25%20t"));
        Files.createDirectory(root);
        Files.write(root.resolve("f"), new byte[3]);

        assertThat(get(reader(root).list(EntryPath.ROOT)))
                .extracting(Listed::path)
                .containsExactly(path("f"));
    }

    @Test
    void knows_a_root_that_was_made_anew_for_another() throws Exception {
        Files.delete(editor.root());

        Files.createDirectory(editor.root());

        assertThatThrownBy(() -> look("f"))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        lost -> assertThat(lost.code()).isEqualTo(ErrorCode.ROOT_LOST));
    }

    @Test
    void notices_in_the_middle_of_a_walk_that_the_root_was_swapped() {
        for (int i = 0; i < 2000; i++) {
            editor.makeDirectory(path("d" + i));
        }

        StepVerifier.create(reader.walk(EntryPath.ROOT, Optional.empty()), 1)
                .expectNextCount(1)
                .then(editor::swapRoot)
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(_ -> true)
                .expectErrorSatisfies(lost ->
                        assertThat(((SyncException) lost).code()).isEqualTo(ErrorCode.ROOT_LOST))
                .verify(PATIENCE);
    }

    @Test
    void goes_on_in_the_middle_of_a_huge_sparse_file() throws Exception {
        long size = 1L << 42;
        try (RandomAccessFile file =
                new RandomAccessFile(editor.root().resolve("f").toFile(), "rw")) {
            file.setLength(size);
            file.seek(size - 4);
            file.write(new byte[] {1, 2, 3, 4});
        }

        Cut.Blocks cut = (Cut.Blocks) get(reader.cut(path("f"), size - (9 << 20), Long.MAX_VALUE));
        List<ByteBuffer> end = get(reader.read(path("f"), List.of(new Range(size - 2, 100))));

        assertThat(cut.isWhole()).isTrue();
        assertThat(cut.blocks().stream().mapToLong(block -> block.lengthBytes()).sum())
                .isEqualTo(9 << 20);
        assertThat(end).containsExactly(ByteBuffer.wrap(new byte[] {3, 4}));
    }

    @Test
    void reads_the_longest_path_and_says_where_a_longer_one_is() throws Exception {
        List<String> names = new ArrayList<>(Collections.nCopies(16, "n".repeat(255)));
        EntryPath deep = path(String.join("/", names));
        names.add("f");
        makeDirectories(names);

        List<Listed> walked = get(reader.walk(EntryPath.ROOT, Optional.empty()).collectList());
        Found found = get(reader.look(List.of(deep))).getFirst();
        runInShell("rm -r root/nnn*");

        assertThat(deep.lengthBytes()).isEqualTo(EntryPath.MAX_LENGTH_BYTES);
        assertThat(found).isInstanceOf(Found.Present.class);
        assertThat(walked).hasSize(17);
        assertThat(walked.getLast()).isInstanceOf(Listed.Unlistable.class);
        assertThat(walked.getLast().path()).isEqualTo(deep);
        assertThat(((Listed.Unlistable) walked.getLast()).code()).isEqualTo(ErrorCode.NAME_INVALID);
    }

    /** One inside the other, at any depth. */
    private void makeDirectories(List<String> names) {
        Descriptor here = Opening.root(editor.root().toString().getBytes(StandardCharsets.UTF_8));
        for (String name : names) {
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            try (Descriptor above = here) {
                assertThat(Names.makeDirectory(above.number(), bytes)).isZero();
                here = Opening.inside(above.number(), bytes, Flag.O_PATH | Flag.O_DIRECTORY, 0);
            }
        }
        here.close();
    }

    private void runInShell(String script) throws Exception {
        int status =
                new ProcessBuilder("sh", "-ec", script).directory(home.toFile()).start().waitFor();
        assertThat(status).isZero();
    }

    @Test
    void reads_symlinks_whose_targets_are_any_bytes() {
        LinkTarget target = LinkTarget.parse("../%FF%0A" + "x".repeat(1000));

        editor.makeSymlink(path("l"), target);

        assertThat(look("l"))
                .isInstanceOfSatisfying(
                        Found.Present.class, found -> assertThat(found.target()).contains(target));
    }
}
