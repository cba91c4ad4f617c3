package io.driftless.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.agent.WorkStep.Did;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Sha256;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Settled;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Which work is done first. */
class WorkStepTest {
    private static final Metadata METADATA =
            new Metadata(0644, 1000, 1000, new Timestamp(1_000, 5));

    private final MemoryTree disk = new MemoryTree(() -> Instant.ofEpochSecond(2_000_000));
    private final AgentContext context =
            MemoryAgent.context(
                    disk,
                    new Counters(change -> {}),
                    new MemoryEventBus(1, Schedulers.immediate()),
                    AgentSettings.defaults().withRetries(Duration.ZERO, Duration.ZERO));
    private final ExtrasGuard guard = new ExtrasGuard(context);
    private final Settling settling = new Settling(context);
    private final WorkStep work =
            new WorkStep(
                    context,
                    guard,
                    settling,
                    new TreeStep(context, guard, settling),
                    MemoryAgent.contents(context, settling));

    /** There is a file that is to go, and one of which no store has the bytes. */
    @BeforeEach
    void fold() {
        get(context.ports().tree().claim(MemoryAgent.MARKER).thenReturn(true));
        disk.write(path("old"), bytes("old"));
        Entry root = new Entry.DirectoryEntry(EntryPath.ROOT, METADATA);
        Entry old = new Entry.FileEntry(path("old"), METADATA, Content.empty());
        fold(1, List.of(root, old), new Change.Put(root), new Change.Put(old));
        for (Kind kind : Kind.values()) {
            List<Settled> gone =
                    due(kind).stream().map(path -> (Settled) new Settled.Gone(path)).toList();
            get(context.ports().state().settle(kind, gone).thenReturn(true));
        }
        Entry lost = new Entry.FileEntry(path("lost"), METADATA, contentOf(bytes("lost")));
        fold(2, List.of(root, lost), new Change.Put(lost), new Change.Remove(path("old")));
    }

    private void fold(long seq, List<Entry> all, Change... changes) {
        ManifestBuilder manifest = new ManifestBuilder((name, page) -> {});
        all.forEach(manifest::add);
        var state = context.ports().state();
        boolean isFolded =
                get(
                        state.collect(List.of(changes))
                                .then(
                                        state.fold(
                                                MemoryAgent.INCARNATION,
                                                seq,
                                                manifest.finish().root())));
        assertThat(isFolded).isTrue();
    }

    @Test
    void what_fails_at_every_try_keeps_no_removal_waiting() {
        assertThat(next()).isEqualTo(Did.CONTENT);
        assertThat(disk.names(EntryPath.ROOT)).contains(path("old"));

        assertThat(next()).isEqualTo(Did.SOMETHING);

        assertThat(disk.names(EntryPath.ROOT)).doesNotContain(path("old"));
        assertThat(next()).isEqualTo(Did.CONTENT);
    }

    @Test
    void where_the_disk_is_full_what_is_to_go_goes_first() {
        settling.deviating(path("other"), ErrorCode.NO_SPACE, "full");

        assertThat(next()).isEqualTo(Did.SOMETHING);

        assertThat(disk.names(EntryPath.ROOT)).doesNotContain(path("old"));
        assertThat(next()).isEqualTo(Did.CONTENT);
    }

    private Did next() {
        return get(work.next(true));
    }

    private List<EntryPath> due(Kind kind) {
        return get(context.ports().state().work(kind, context.steady(), 10)).stream()
                .map(work -> work.path())
                .toList();
    }

    private static Content contentOf(byte[] bytes) {
        List<BlockRef> blocks = List.of(new BlockRef(Sha256.block(bytes), bytes.length));
        return new Content(Sha256.content(blocks), bytes.length, new Content.Blocks.Inline(blocks));
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static <T> T get(Mono<T> answer) {
        return Objects.requireNonNull(answer.block(Duration.ofSeconds(20)));
    }
}
