package io.driftless.testkit.dir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.dir.DirectoryBlockStore;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.testkit.contract.BlockStoreContract;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class DirectoryBlockStoreIT extends BlockStoreContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Scheduler IO = Schedulers.newBoundedElastic(32, 1000, "store");

    @TempDir private Path directory;
    private Path root;
    private DirectoryBlockStore store;

    @BeforeEach
    void open() {
        root = directory.resolve("store");
        store = reopen();
    }

    @AfterAll
    static void stopThreads() {
        IO.dispose();
    }

    @Override
    protected BlockStore store() {
        return store;
    }

    private DirectoryBlockStore reopen() {
        return new DirectoryBlockStore(root, IO, InstantSource.system());
    }

    @Test
    void keeps_objects_in_files_named_by_their_keys() throws IOException {
        put(key("f/a/b"), "x");

        assertThat(root.resolve("f/a/b")).hasContent("x");
        assertThat(reopen().get(key("f/a/b")).block(PATIENCE)).isEqualTo(bytes("x"));
    }

    @Test
    void leaves_no_begun_file_behind() throws IOException {
        Flux.range(0, 50)
                .flatMap(i -> store.put(key("f/d/" + i), List.of(bytes("x"))))
                .blockLast(PATIENCE);
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> put(key("f/d"), "a directory is there"));

        assertThat(begun()).isEmpty();
    }

    @Test
    void removes_begun_files_that_are_older_than_an_hour_when_it_is_opened() throws IOException {
        Path left = Files.writeString(root.resolve(".begun/left"), "x");
        Path fresh = Files.writeString(root.resolve(".begun/fresh"), "x");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(3_700)));

        reopen();

        assertThat(begun()).containsExactly(fresh);
    }

    @Test
    void calls_nothing_missing_while_its_root_is_away() throws IOException {
        put(key("f/a"), "x");
        Files.move(root, directory.resolve("elsewhere"));

        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> store.get(key("f/a")).block(PATIENCE));
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> store.exists(key("f/a")).block(PATIENCE));
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> store.delete(key("f/a")).block(PATIENCE));
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> store.list("f/").blockLast(PATIENCE));
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> put(key("f/b"), "x"));
        assertThat(root).doesNotExist();

        Files.createDirectory(root);
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> store.get(key("f/a")).block(PATIENCE));
        failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> put(key("f/b"), "x"));
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void makes_a_directory_again_that_somebody_removed() throws IOException {
        put(key("f/d/a"), "x");
        Files.delete(root.resolve("f/d/a"));
        Files.delete(root.resolve("f/d"));

        put(key("f/d/b"), "y");

        assertThat(root.resolve("f/d/b")).hasContent("y");
    }

    @Test
    void passes_over_files_that_are_not_its_own_in_a_listing() throws IOException {
        put(key("f/d/a"), "x");
        Files.writeString(root.resolve("f/d/NOT OURS"), "x");
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.writeString(outside.resolve("b"), "x");
        Files.createSymbolicLink(root.resolve("f/d/link"), outside);

        assertThat(store.list("f/").collectList().block(PATIENCE)).containsExactly(key("f/d/a"));
    }

    @Test
    void calls_a_file_longer_than_any_object_damaged() throws IOException {
        put(key("f/a"), "x");
        try (RandomAccessFile file = new RandomAccessFile(root.resolve("f/a").toFile(), "rw")) {
            file.setLength(1L << 40);
        }

        failsWith(ErrorCode.STORE_OBJECT_DAMAGED, () -> store.get(key("f/a")).block(PATIENCE));
    }

    @Test
    void serves_many_puts_of_one_directory() {
        Mono<Void> puts =
                Flux.range(0, 500)
                        .flatMap(i -> store.put(key("f/one/" + i), List.of(bytes("x"))), 32)
                        .then();

        puts.block(PATIENCE);

        assertThat(store.list("f/one/").count().block(PATIENCE)).isEqualTo(500);
    }

    @Test
    void says_that_its_root_cannot_be_made() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        failsWith(
                ErrorCode.DEPENDENCY_UNAVAILABLE,
                () -> new DirectoryBlockStore(file, IO, InstantSource.system()));
    }

    private static void failsWith(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SyncException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private List<Path> begun() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(".begun"))) {
            return files.toList();
        }
    }

    private void put(ObjectKey key, String text) {
        store.put(key, List.of(bytes(text))).block(PATIENCE);
    }

    private static ObjectKey key(String value) {
        return new ObjectKey(value);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
