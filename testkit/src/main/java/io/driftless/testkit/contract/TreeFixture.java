package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.path.EntryPath;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Words to write rules about trees with. */
abstract class TreeFixture {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * Edits the tree that the adapter under test has; the same one for one test, at first with
     * nothing in it.
     */
    protected abstract TreeEditor editor();

    static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    static List<EntryPath> paths(String... texts) {
        return List.of(texts).stream().map(EntryPath::parse).toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Bytes that look like nothing else, the same ones each time. */
    static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    final void write(String path, String text) {
        editor().write(path(path), bytes(text));
    }

    final void directory(String path) {
        editor().makeDirectory(path(path));
    }

    final void symlink(String path, String target) {
        editor().makeSymlink(path(path), LinkTarget.parse(target));
    }

    final String text(String path) {
        return new String(editor().read(path(path)).orElseThrow(), StandardCharsets.UTF_8);
    }

    final Stat stat(String path) {
        return editor().stat(path(path)).orElseThrow();
    }

    final void assertAbsent(String path) {
        assertThat(editor().stat(path(path))).isEmpty();
    }

    static void does(Mono<Void> action) {
        action.block(PATIENCE);
    }

    static <T> T get(Mono<T> answer) {
        @Nullable T value = answer.block(PATIENCE);
        return Objects.requireNonNull(value, "no answer");
    }
}
