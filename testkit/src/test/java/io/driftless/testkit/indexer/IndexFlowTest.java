package io.driftless.testkit.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.event.Hint;
import io.driftless.event.Hint.Origin;
import io.driftless.flow.Backoff;
import io.driftless.indexer.IndexContext;
import io.driftless.indexer.IndexFlow;
import io.driftless.indexer.IndexSettings;
import io.driftless.manifest.BlockLists;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.Run;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Stat;
import java.nio.ByteBuffer;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The indexer over a tree in memory, on virtual time. A mebibyte is large here. */
class IndexFlowTest {
    private static final FolderId FOLDER = new FolderId("photos");
    private static final int LARGE_BYTES = 1 << 20;

    /** More than 32 blocks, so that the row's entry does not hold them. */
    private static final int MANY_BLOCKS_BYTES = 44 << 20;

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final InstantSource clock =
            () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    private final MemoryTree source = new MemoryTree(clock);
    private final InterruptedReader reader = new InterruptedReader(new MemoryTreeReader(source));
    private final MemoryIndex index = new MemoryIndex(clock);
    private final MemoryEventBus bus = new MemoryEventBus(1, timer);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private @Nullable Disposable running;

    @BeforeEach
    void begin() {
        timer.advanceTimeBy(Duration.ofDays(20_000));
        index.open(FOLDER, new UUID(1, 2)).block();
        running =
                new IndexFlow(
                                new IndexContext(
                                        FOLDER,
                                        reader,
                                        index,
                                        index.proofs(),
                                        bus,
                                        settings(),
                                        timer,
                                        "indexer"))
                        .run()
                        .subscribe(_ -> {}, failure::set);
    }

    private static IndexSettings settings() {
        return new IndexSettings(
                1_000,
                16,
                2,
                LARGE_BYTES,
                2,
                8L << 20,
                Duration.ofMillis(25),
                Duration.ofMillis(20),
                Duration.ofMillis(100),
                Duration.ofMinutes(5),
                false,
                0,
                new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), 0));
    }

    @AfterEach
    void end() {
        if (running != null) {
            running.dispose();
        }
        assertThat(failure.get()).isNull();
    }

    @Test
    void reads_a_large_file_again_that_has_changed() {
        write("large", random(MANY_BLOCKS_BYTES, 1));
        scan();
        Content before = content("large");

        write("large", random(MANY_BLOCKS_BYTES, 2));
        scan();

        assertThat(before.blocks()).isInstanceOf(Content.Blocks.Listed.class);
        assertThat(content("large")).isNotEqualTo(before);
    }

    @Test
    void knows_a_large_file_that_moved_with_its_directory() {
        source.mkdir(path("from"));
        write("from/large", random(MANY_BLOCKS_BYTES, 1));
        scan();
        Content before = content("from/large");
        AtomicInteger reads = new AtomicInteger();
        Disposable counting = source.duringReads(_ -> reads.incrementAndGet());

        source.rename(path("from"), path("to"));
        scan();
        counting.dispose();

        assertThat(content("to/large")).isEqualTo(before);
        assertThat(reads).hasValue(0);
    }

    @Test
    void says_why_a_large_file_waits_and_tries_it_with_growing_pauses() {
        write("large", new byte[LARGE_BYTES + 1]);
        source.setReadable(path("large"), false);
        scan();
        timer.advanceTimeBy(Duration.ofMinutes(2));

        assertThat(row("large").state())
                .isInstanceOfSatisfying(
                        State.Waiting.class,
                        waiting -> {
                            assertThat(waiting.code()).isEqualTo(ErrorCode.ENTRY_UNREADABLE);
                            assertThat(waiting.tries()).isBetween(5, 20);
                        });

        source.setReadable(path("large"), true);
        timer.advanceTimeBy(Duration.ofMinutes(5));
        assertThat(row("large").state()).isEqualTo(new State.Ok());
    }

    /** The times of its directory, and how much is in there, tell nothing of it. */
    @Test
    void finds_a_file_that_was_written_in_place() {
        source.mkdir(path("d"));
        write("d/file", bytes("before"));
        scan();
        Content before = content("d/file");
        Optional<Stat> directory = row("d").stat();

        source.overwrite(path("d/file"), 0, bytes("behind"));
        scan();

        assertThat(row("d").stat()).isEqualTo(directory);
        assertThat(content("d/file")).isNotEqualTo(before);
    }

    @Test
    void reads_a_file_again_whose_bytes_were_not_what_its_row_says() {
        write("file", bytes("is"));
        scan();
        Row right = row("file");
        index.write(FOLDER, List.of(withOtherContent(right))).block();
        scan();
        assertThat(content("file")).isNotEqualTo(contentOf(right));

        say(Hint.entries(FOLDER, EntryPath.ROOT, List.of(path("file")), Origin.TRANSFER));

        assertThat(content("file")).isEqualTo(contentOf(right));
    }

    /**
     * Whoever saw it gone found no row, and had nothing to write that the first look could lose to.
     */
    @Test
    void forgets_a_directory_that_went_between_its_first_look_and_its_row() {
        source.mkdir(path("d"));
        reader.afterNextLook(() -> {
            source.delete(path("d"));
            say(Hint.entries(FOLDER, EntryPath.ROOT, List.of(path("d")), Origin.WATCH));
        });

        say(Hint.entries(FOLDER, EntryPath.ROOT, List.of(path("d")), Origin.WATCH));

        assertThat(row("d").state()).isEqualTo(new State.Removed());
    }

    @Test
    void looks_at_a_directory_that_is_gone_and_not_at_each_path_below() {
        source.mkdir(path("d"));
        IntStream.range(0, 300).forEach(i -> write("d/" + i, bytes("text")));
        scan();
        int before = reader.looks();
        source.rename(path("d"), path("away"));

        say(Hint.entries(FOLDER, EntryPath.ROOT, List.of(path("d")), Origin.WATCH));

        assertThat(row("d/299").state()).isEqualTo(new State.Removed());
        assertThat(reader.looks() - before).isLessThan(30);
    }

    @Test
    void forgets_nothing_below_a_directory_that_was_away_for_a_moment() {
        source.mkdir(path("d"));
        write("d/file", bytes("text"));
        scan();
        source.rename(path("d"), path("away"));
        bus.publish(List.of(Hint.entries(FOLDER, EntryPath.ROOT, List.of(path("d")), Origin.WATCH)))
                .subscribe();
        advanceUntilRemoved("d");

        timer.advanceTimeBy(Duration.ofMillis(5)); // what was below is held
        source.rename(path("away"), path("d"));
        timer.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(row("d/file").state()).isEqualTo(new State.Ok());
    }

    private void advanceUntilRemoved(String path) {
        for (int i = 0; i < 100 && !(row(path).state() instanceof State.Removed); i++) {
            timer.advanceTimeBy(Duration.ofMillis(1));
        }
        assertThat(row(path).state()).isEqualTo(new State.Removed());
    }

    @Test
    void says_when_a_run_ended() {
        write("gone", bytes("text"));
        scan();
        source.delete(path("gone"));
        UUID id = new UUID(3, 4);
        Instant began = clock.instant();

        say(Hint.tree(FOLDER, EntryPath.ROOT, Origin.RUN, Optional.of(id)));

        Run run = index.run(id).block().orElseThrow();
        assertThat(run.began()).isEqualTo(began);
        assertThat(run.ended().orElseThrow()).isAfterOrEqualTo(began.plusMillis(25));
    }

    @Test
    void walks_a_run_once_that_is_ordered_twice() {
        write("gone", bytes("text"));
        scan();
        source.delete(path("gone")); // what is gone holds the walk up for a moment
        write("new", bytes("text"));
        AtomicInteger reads = new AtomicInteger();
        Disposable counting = source.duringReads(_ -> reads.incrementAndGet());
        Hint order = Hint.tree(FOLDER, EntryPath.ROOT, Origin.RUN, Optional.of(new UUID(3, 4)));

        bus.publish(List.of(order)).subscribe();
        timer.advanceTimeBy(Duration.ofMillis(5));
        bus.publish(List.of(order)).subscribe();
        timer.advanceTimeBy(Duration.ofSeconds(1));
        counting.dispose();

        assertThat(content("new")).isNotNull();
        assertThat(reads).hasValue(1);
    }

    @Test
    void keeps_nothing_else_waiting_for_a_run_that_takes_long() {
        write("f", bytes("text"));
        scan();
        Sinks.Empty<Void> walking = Sinks.empty();
        reader.beforeWalks(walking.asMono());
        UUID id = new UUID(3, 4);
        say(Hint.tree(FOLDER, EntryPath.ROOT, Origin.RUN, Optional.of(id)));

        for (int i = 0; i < 40; i++) {
            write("f" + i, bytes("text"));
            say(Hint.entries(FOLDER, EntryPath.ROOT, List.of(path("f" + i)), Origin.WATCH));
            assertThat(content("f" + i)).isNotNull();
        }

        assertThat(index.run(id).block().orElseThrow().ended()).isEmpty();
        walking.tryEmitEmpty();
        timer.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(index.run(id).block().orElseThrow().ended()).isPresent();
    }

    @Test
    void tries_a_directory_that_cannot_be_listed_with_growing_pauses() {
        source.mkdir(path("d"));
        write("d/f", bytes("text"));
        scan();
        source.setReadable(path("d"), false);
        scan();

        for (int i = 0; i < 600; i++) {
            timer.advanceTimeBy(Duration.ofSeconds(1));
            assertThat(row("d").state()).isInstanceOf(State.Waiting.class);
        }

        assertThat(((State.Waiting) row("d").state()).tries()).isBetween(6, 20);
        source.setReadable(path("d"), true);
        source.write(path("d/later"), bytes("text"));
        timer.advanceTimeBy(Duration.ofMinutes(5));
        assertThat(row("d").state()).isEqualTo(new State.Ok());
        assertThat(content("d/later")).isNotNull();
    }

    private void scan() {
        timer.advanceTimeBy(Duration.ofSeconds(1));
        say(Hint.tree(FOLDER, EntryPath.ROOT, Origin.OPERATOR, Optional.empty()));
    }

    private void say(Hint hint) {
        bus.publish(List.of(hint)).subscribe();
        timer.advanceTimeBy(Duration.ofSeconds(1));
    }

    private Row row(String path) {
        return index.rows(FOLDER, List.of(path(path))).block().getFirst();
    }

    private Content content(String path) {
        Row row = row(path);
        assertThat(row.state()).isEqualTo(new State.Ok());
        return contentOf(row);
    }

    private static Content contentOf(Row row) {
        return ((Entry.FileEntry) row.entry().orElseThrow()).content();
    }

    private static RowWrite withOtherContent(Row row) {
        var block = Sha256.block(ByteBuffer.wrap(bytes("no")));
        Content content = BlockLists.contentOf(List.of(new BlockRef(block, 2)));
        return new RowWrite(
                row.path(),
                Optional.of(row.version()),
                row.state(),
                row.stat(),
                row.entry()
                        .map(entry -> new Entry.FileEntry(entry.path(), entry.metadata(), content)),
                Optional.empty());
    }

    private void write(String path, byte[] bytes) {
        assertThat(source.write(path(path), bytes)).isTrue();
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
