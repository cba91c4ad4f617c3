package io.driftless.testkit.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.block.Content;
import io.driftless.error.ErrorCode;
import io.driftless.event.Hint;
import io.driftless.event.Hint.Origin;
import io.driftless.indexer.IndexContext;
import io.driftless.indexer.IndexFlow;
import io.driftless.indexer.IndexSettings;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Timestamp;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Bytes of the source that change while stats stay, on virtual time. */
class SourceScrubTest {
    private static final FolderId FOLDER = new FolderId("photos");
    private static final long BYTES_PER_HOUR = 36 << 20;
    private static final Duration TURN = Duration.ofMinutes(2);

    /** No page of a mapped file waits so long to be written. */
    private static final Duration LONG_AFTER = Duration.ofHours(1);

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final InstantSource clock =
            () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    private final MemoryTree source = new MemoryTree(clock);
    private final MemoryIndex index = new MemoryIndex(clock);
    private final MemoryEventBus bus = new MemoryEventBus(1, timer);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private @Nullable Disposable running;

    @BeforeEach
    void begin() {
        timer.advanceTimeBy(Duration.ofDays(20_000));
        index.open(FOLDER, new UUID(1, 2)).block();
        start();
    }

    private void start() {
        if (running != null) {
            running.dispose();
        }
        running =
                new IndexFlow(
                                new IndexContext(
                                        FOLDER,
                                        new MemoryTreeReader(source),
                                        index,
                                        index.proofs(),
                                        bus,
                                        IndexSettings.defaults()
                                                .withScrubBytesPerHour(BYTES_PER_HOUR),
                                        timer,
                                        "indexer-" + timer.now(TimeUnit.MILLISECONDS)))
                        .run()
                        .subscribe(_ -> {}, failure::set);
    }

    @AfterEach
    void end() {
        if (running != null) {
            running.dispose();
        }
        assertThat(failure.get()).isNull();
    }

    /** The content of a file that was read long after it was written. */
    private Content seen(String path, byte[] bytes) {
        assertThat(source.write(path(path), bytes)).isTrue();
        timer.advanceTimeBy(LONG_AFTER);
        scan();
        return content(path);
    }

    private void scan() {
        bus.publish(List.of(Hint.tree(FOLDER, EntryPath.ROOT, Origin.OPERATOR, Optional.empty())))
                .subscribe();
        timer.advanceTimeBy(Duration.ofSeconds(1));
    }

    @Test
    void what_changed_below_the_file_system_is_not_carried_over_and_says_so() {
        Content content = seen("file", bytes("text"));
        source.rot(path("file"), 1);

        scan();
        assertThat(row("file").state()).isEqualTo(new State.Ok());
        timer.advanceTimeBy(TURN);

        assertThat(row("file").state()).isEqualTo(new State.Skipped(ErrorCode.ENTRY_ALTERED));
        assertThat(contentOf(row("file"))).isEqualTo(content);
        assertThat(row("file").stat()).isPresent();
        assertThat(index.tally(FOLDER).block().getFirst().code())
                .isEqualTo(ErrorCode.ENTRY_ALTERED);
    }

    @Test
    void it_is_right_again_when_it_was_copied_back() {
        Content content = seen("file", bytes("text"));
        source.rot(path("file"), 1);
        timer.advanceTimeBy(TURN);

        source.write(path("file"), bytes("text"));
        scan();

        assertThat(content("file")).isEqualTo(content);
    }

    @Test
    void it_is_right_again_when_its_disk_gives_the_bytes_it_gave_before() {
        Content content = seen("file", bytes("text"));
        source.rot(path("file"), 1);
        timer.advanceTimeBy(TURN);
        assertThat(row("file").state()).isInstanceOf(State.Skipped.class);

        source.rot(path("file"), 1);
        timer.advanceTimeBy(TURN);

        assertThat(content("file")).isEqualTo(content);
    }

    @Test
    void it_is_taken_as_it_is_when_somebody_touches_it() {
        Content content = seen("file", bytes("text"));
        source.rot(path("file"), 1);
        timer.advanceTimeBy(TURN);

        source.touch(path("file"), new Timestamp(1_800_000_000, 0));
        scan();

        assertThat(content("file")).isNotEqualTo(content);
    }

    /** A mapping that was open when the file was read changed it without a new time. */
    @Test
    void what_changed_soon_after_it_was_written_is_carried_over() {
        assertThat(source.write(path("file"), bytes("text"))).isTrue();
        timer.advanceTimeBy(Duration.ofSeconds(1));
        scan();
        Content content = content("file");

        source.rot(path("file"), 1);
        timer.advanceTimeBy(TURN);

        assertThat(content("file")).isNotEqualTo(content);
    }

    /** The first turn read it, so what changes after that cannot be of a mapping. */
    @Test
    void a_proof_makes_certain_what_was_not() {
        assertThat(source.write(path("file"), bytes("text"))).isTrue();
        timer.advanceTimeBy(Duration.ofSeconds(1));
        scan();
        timer.advanceTimeBy(LONG_AFTER);

        source.rot(path("file"), 1);
        timer.advanceTimeBy(TURN);

        assertThat(row("file").state()).isEqualTo(new State.Skipped(ErrorCode.ENTRY_ALTERED));
    }

    @Test
    void it_reads_no_more_than_it_may_and_goes_on_where_it_was() {
        int files = 60;
        for (int i = 0; i < files; i++) {
            seen("f" + (10 + i), random(1 << 20, i));
        }
        AtomicInteger reads = new AtomicInteger();
        Disposable counting = source.duringReads(_ -> reads.incrementAndGet());

        Instant began = index.proofs().since(FOLDER).block().orElse(Instant.EPOCH);
        timer.advanceTimeBy(Duration.ofHours(1));
        assertThat(reads.get()).isBetween(30, 40);
        start();
        timer.advanceTimeBy(Duration.ofHours(1));
        counting.dispose();

        assertThat(reads.get()).isBetween(60, 80);
        assertThat(index.proofs().since(FOLDER).block().orElseThrow()).isAfter(began);
    }

    /** They cost nothing, so all of them come in one step. */
    @Test
    void it_gets_past_ever_so_many_directories() {
        for (int i = 0; i < 40_000; i++) {
            source.mkdir(path("d" + i));
        }
        seen("file", bytes("text"));
        source.rot(path("file"), 1);

        timer.advanceTimeBy(TURN);

        assertThat(row("file").state()).isEqualTo(new State.Skipped(ErrorCode.ENTRY_ALTERED));
    }

    @Test
    void a_file_of_many_pieces_is_read_to_its_end() {
        Content content = seen("large", random(50 << 20, 1));
        timer.advanceTimeBy(Duration.ofHours(2));

        source.rot(path("large"), 49 << 20);
        timer.advanceTimeBy(Duration.ofHours(4));

        assertThat(row("large").state()).isEqualTo(new State.Skipped(ErrorCode.ENTRY_ALTERED));
        source.rot(path("large"), 49 << 20);
        timer.advanceTimeBy(Duration.ofHours(4));
        assertThat(content("large")).isEqualTo(content);
    }

    private Row row(String path) {
        return index.rows(FOLDER, List.of(path(path))).block().getFirst();
    }

    private Content content(String path) {
        assertThat(row(path).state()).isEqualTo(new State.Ok());
        return contentOf(row(path));
    }

    private static Content contentOf(Row row) {
        return ((Entry.FileEntry) row.entry().orElseThrow()).content();
    }

    private static byte[] random(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static EntryPath path(String path) {
        return EntryPath.parse(path);
    }
}
