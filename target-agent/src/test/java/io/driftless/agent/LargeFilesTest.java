package io.driftless.agent;

import static io.driftless.testing.Trees.contentOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.block.Content;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.path.EntryPath;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Work;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A large file is whole, and the next of the same batch cannot be read from the store. */
@Tag("P8")
class LargeFilesTest {
    private static final Metadata METADATA =
            new Metadata(0644, 1000, 1000, new Timestamp(1_000, 5));
    private static final byte[] BYTES = {1, 2, 3};
    private static final EntryPath KEPT = EntryPath.parse("kept");
    private static final Entry.FileEntry WHOLE =
            new Entry.FileEntry(EntryPath.parse("whole"), METADATA, contentOf(BYTES));

    private final MemoryTree disk = new MemoryTree(() -> Instant.ofEpochSecond(2_000_000));

    /** Its bytes are in a file of the target, so it needs no store. */
    @BeforeEach
    void keepTwin() {
        disk.write(KEPT, BYTES);
    }

    @Test
    void makes_visible_what_was_whole_when_the_store_failed() {
        AgentContext context = context(ErrorCode.DEPENDENCY_UNAVAILABLE);

        assertThatThrownBy(() -> applyBoth(context)).isInstanceOf(SyncException.class);

        assertThat(disk.bytes(WHOLE.path())).contains(BYTES);
        assertThat(get(context.ports().tree().leftovers())).isEmpty();
    }

    @Test
    void keeps_what_was_whole_when_all_ended_early() {
        AgentContext context = context(ErrorCode.INVARIANT_BROKEN);

        assertThatThrownBy(() -> applyBoth(context)).isInstanceOf(SyncException.class);
        run(new Recovery(context, new Takeover(context)).run());

        assertThat(get(context.ports().tree().openPartial(WHOLE.content().id())))
                .isEqualTo(BYTES.length);
    }

    private AgentContext context(ErrorCode code) {
        AgentContext all = MemoryAgent.context(disk, new Counters());
        AgentContext.Ports ports = all.ports();
        BlockStore store = new FailingStore(code);
        AgentContext context =
                new AgentContext(
                        all.target(),
                        all.folder(),
                        all.mode(),
                        new AgentContext.Ports(
                                ports.tree(),
                                ports.state(),
                                new StoredPages(
                                        store,
                                        ports.codec(),
                                        all.folder(),
                                        StoredPages.Limits.DEFAULT),
                                store,
                                ports.codec(),
                                ports.signer(),
                                ports.bus()),
                        all.settings().withLargeBytes(1),
                        all.timer(),
                        all.ids(),
                        all.counters());
        run(ports.tree().claim(MemoryAgent.MARKER));
        Entry kept = new Entry.FileEntry(KEPT, METADATA, contentOf(BYTES));
        ManifestBuilder manifest = new ManifestBuilder((_, _) -> {});
        manifest.add(kept);
        manifest.add(WHOLE);
        run(ports.state().collect(List.of(new Change.Put(kept), new Change.Put(WHOLE))));
        run(ports.state().fold(MemoryAgent.INCARNATION, 1, manifest.finish().root()));
        Found.Present there = (Found.Present) disk.look(KEPT);
        Applied applied = new Applied(KEPT, there.stat(), Optional.of(contentOf(BYTES)));
        run(ports.state().observe(Map.of(KEPT, Optional.of(applied))));
        return context;
    }

    private static void applyBoth(AgentContext context) {
        run(
                MemoryAgent.contents(context, new Settling(context))
                        .apply(List.of(work(WHOLE), work(unreadable()))));
    }

    /** Its list of blocks is in the store. */
    private static Entry.FileEntry unreadable() {
        ManifestBuilder empty = new ManifestBuilder((_, _) -> {});
        Content content =
                new Content(
                        contentOf("unreadable").id(),
                        40L << 20,
                        new Content.Blocks.Listed(empty.finish().root(), 40));
        return new Entry.FileEntry(EntryPath.parse("unreadable"), METADATA, content);
    }

    private static Work work(Entry entry) {
        return new Work(entry.path(), Optional.of(entry), Optional.empty(), false);
    }

    private static void run(Mono<?> work) {
        work.block(Duration.ofSeconds(20));
    }

    private static <T> T get(Mono<T> work) {
        return Objects.requireNonNull(work.block(Duration.ofSeconds(20)));
    }

    private record FailingStore(ErrorCode code) implements BlockStore {
        private <T> Mono<T> failure() {
            return Mono.error(() -> new SyncException(code, "The store is away."));
        }

        @Override
        public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
            return failure();
        }

        @Override
        public Mono<ByteBuffer> get(ObjectKey key) {
            return failure();
        }

        @Override
        public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
            return failure();
        }

        @Override
        public Mono<Boolean> exists(ObjectKey key) {
            return failure();
        }

        @Override
        public Mono<Void> delete(ObjectKey key) {
            return failure();
        }

        @Override
        public Flux<ObjectKey> list(String prefix) {
            return Flux.from(failure());
        }
    }
}
