package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.PackWriter;
import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.flow.Backoff;
import io.driftless.manifest.BlockLists;
import io.driftless.path.EntryPath;
import io.driftless.port.CommitLog.Draft;
import io.driftless.port.CommitLog.Pages;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.ObjectKey;
import io.driftless.reconciler.GarbageSettings;
import io.driftless.reconciler.ReconcileContext;
import io.driftless.reconciler.ReconcileFlow;
import io.driftless.reconciler.ReconcileSettings;
import io.driftless.reconciler.Schedule;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.test.scheduler.VirtualTimeScheduler;

/** When nothing is deleted in the store though its time has come. */
@Tag("P1")
class GarbageHeldBackTest {
    private static final FolderId FOLDER = new FolderId("kept");
    private static final UUID INCARNATION = new UUID(1, 2);
    private static final UUID LEFT_BEHIND = new UUID(3, 4);
    private static final Duration LONG = Duration.ofDays(3);

    /** No more commits than these are kept. */
    private static final int KEPT = 120;

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final MemoryIndex index = new MemoryIndex(this::now);
    private final MemoryBlockStore store = new MemoryBlockStore();
    private Disposable running = Disposables.disposed();

    private Instant now() {
        return Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    }

    @BeforeEach
    void beginPack() {
        timer.advanceTimeBy(Duration.ofDays(20_000));
        index.open(FOLDER, INCARNATION).block();
        index.beginPacks(FOLDER, List.of(LEFT_BEHIND)).block();
        store.put(pack(), List.of(ByteBuffer.wrap(new byte[10]))).block();
    }

    @AfterEach
    void stop() {
        running.dispose();
    }

    private static ObjectKey pack() {
        return ObjectKey.pack(FOLDER, LEFT_BEHIND);
    }

    private void commit(long seq, Entry... puts) {
        var lease = index.lease(FOLDER, "committer", Duration.ofMinutes(5)).block().orElseThrow();
        Commit commit =
                new Commit(
                        FOLDER,
                        INCARNATION,
                        seq,
                        Sha256.page(new byte[] {(byte) seq}),
                        seq == 1
                                ? Optional.empty()
                                : Optional.of(Sha256.page(new byte[] {(byte) (seq - 1)})),
                        Sha256.page(new byte[0]),
                        "",
                        new Commit.Summary(puts.length, 0),
                        now(),
                        new Commit.Changes.None(),
                        Signature.NONE);
        Draft draft = new Draft(commit, List.of(puts), List.of(), List.of(), Set.of(), Pages.NONE);
        assertThat(index.commit(lease, draft).block()).isEmpty();
    }

    private static BlockRef block(int number) {
        return new BlockRef(Sha256.block(ByteBuffer.wrap(new byte[] {(byte) number})), 1);
    }

    private static Entry file(BlockRef... blocks) {
        return new Entry.FileEntry(
                EntryPath.parse("f"),
                new Metadata(0644, 0, 0, new Timestamp(0, 0)),
                BlockLists.contentOf(List.of(blocks)));
    }

    private void collectForLong() {
        ZstdBlockCodec codec = new ZstdBlockCodec();
        var ports =
                new ReconcileContext.Ports(
                        index,
                        index,
                        index,
                        index.garbage(),
                        store,
                        new StoredPages(store, codec, FOLDER, StoredPages.Limits.NO_CACHE),
                        codec,
                        new MemoryEventBus(1, timer));
        ReconcileFlow flow =
                new ReconcileFlow(
                        new ReconcileContext(
                                FOLDER,
                                ports,
                                new ReconcileSettings(
                                        new Schedule.Every(Duration.ofDays(300)),
                                        Duration.ofSeconds(1),
                                        Backoff.DEFAULT),
                                GarbageSettings.DEFAULT,
                                timer,
                                UUID::randomUUID,
                                "collector"));
        running = flow.run().subscribe();
        timer.advanceTimeBy(LONG);
        running.dispose();
    }

    private boolean isPackThere() {
        return store.exists(pack()).block();
    }

    @Test
    void what_was_left_behind_goes() {
        commit(1);

        collectForLong();

        assertThat(isPackThere()).isFalse();
    }

    /** Since the copy was made it may have become needed again. */
    @Test
    void it_stays_while_the_database_is_an_old_copy() {
        commit(1);
        store.put(ObjectKey.commit(FOLDER, INCARNATION, 2), List.of(ByteBuffer.allocate(1)))
                .block();

        collectForLong();
        assertThat(isPackThere()).isTrue();

        commit(2);
        collectForLong();
        assertThat(isPackThere()).isFalse();
    }

    /** Storing a large file may take days, and other commits are made meanwhile. */
    @Test
    void what_is_stored_of_a_file_stays_until_the_rest_of_it_is() {
        PackWriter writer = new PackWriter(LEFT_BEHIND);
        writer.add(block(1), new ZstdBlockCodec().encode(ByteBuffer.wrap(new byte[] {1})));
        PackWriter.Pack pack = writer.finish();
        store.put(pack(), pack.pieces()).block();
        index.finishPack(FOLDER, pack.id(), pack.sizeBytes(), pack.blocks()).block();
        dirty(file(block(1), block(2)));

        for (long seq = 1; seq <= 3 * KEPT; seq++) {
            commit(seq);
            if (seq % KEPT == 0) {
                collectForLong();
            }
        }

        assertThat(isPackThere()).isTrue();
    }

    private void dirty(Entry entry) {
        var write =
                new RowWrite(
                        entry.path(),
                        Optional.empty(),
                        new State.Ok(),
                        Optional.empty(),
                        Optional.of(entry),
                        Optional.empty());
        index.write(FOLDER, List.of(write)).block();
    }

    /** The last copy may be in what was given up. */
    @Test
    void it_stays_while_a_committed_block_has_no_place() {
        commit(1, file(block(1)));

        collectForLong();

        assertThat(isPackThere()).isTrue();
    }
}
