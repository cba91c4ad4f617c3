package io.driftless.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.dir.DirectoryBlockStore;
import io.driftless.adapter.disk.Disks;
import io.driftless.adapter.disk.TrashLimits;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.sqlite.SqliteTargetState;
import io.driftless.agent.AgentContext;
import io.driftless.agent.AgentSettings;
import io.driftless.agent.ApplyFlow;
import io.driftless.agent.Counters;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.flow.Backoff;
import io.driftless.guard.RemovalLimit;
import io.driftless.indexer.IndexContext;
import io.driftless.indexer.IndexFlow;
import io.driftless.indexer.IndexSettings;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.BlockStore;
import io.driftless.port.CommitSigner;
import io.driftless.port.EventBus;
import io.driftless.port.FolderIndex;
import io.driftless.port.TargetState;
import io.driftless.port.TreeReader;
import io.driftless.reconciler.GarbageSettings;
import io.driftless.reconciler.ReconcileContext;
import io.driftless.reconciler.ReconcileFlow;
import io.driftless.reconciler.ReconcileSettings;
import io.driftless.reconciler.Schedule;
import io.driftless.retention.Retention;
import io.driftless.transfer.TransferContext;
import io.driftless.transfer.TransferFlow;
import io.driftless.transfer.TransferSettings;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import io.driftless.tree.Timestamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The flows on a real database and a store in a directory, with garbage collected by the second.
 */
class GarbageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Blocks go with their pack. */
    private static final String BLOCKS_WITHOUT_PACK =
            "select count(*) from block b where exists"
                    + " (select from pack p where p.id = b.pack and p.state = 3)";

    private static final int SMALL_FILES = 40;
    private static final int SMALL_BYTES = 200_000;

    /** More than the 32 blocks that an entry holds. */
    private static final int LARGE_BYTES = 44 << 20;

    private static final int LARGE_EDITS = 3;

    private static final GarbageSettings GARBAGE =
            new GarbageSettings(
                    Duration.ofMillis(500),
                    SECOND,
                    new Retention(Duration.ofMillis(500), 1, SECOND),
                    SECOND,
                    100,
                    10,
                    Duration.ofSeconds(10),
                    7);

    @TempDir Path directory;

    private final Random random = new Random(1);
    private final FolderId folder = new FolderId("gc-" + UUID.randomUUID());
    private final Scheduler timer = Schedulers.newSingle("garbage-timer", true);
    private final Scheduler io = Schedulers.newBoundedElastic(4, 1_000, "garbage-store", 60, true);
    private final Scheduler stateThread = Schedulers.newSingle("garbage-state", true);
    private final Disposable.Composite running = Disposables.composite();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        running.dispose();
        timer.dispose();
        io.dispose();
        stateThread.dispose();
    }

    @Test
    void the_store_stays_small_after_many_edits_and_still_serves_a_fresh_target()
            throws IOException {
        Path source = Files.createDirectory(directory.resolve("source"));
        Path target = Files.createDirectory(directory.resolve("target"));
        BlockStore store =
                new DirectoryBlockStore(directory.resolve("store"), io, InstantSource.system());
        EventBus bus = new MemoryEventBus(4, timer);
        Files.write(source.resolve("large"), bytes(LARGE_BYTES));
        startFlows(Disks.reader(source, io), store, bus);

        for (int round = 0; round < 12; round++) {
            editAll(source, round);
            awaitCommitted(source);
        }
        long held = (long) SMALL_FILES * SMALL_BYTES + LARGE_BYTES;

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(storedBytes()).isLessThan(held * 3 / 2));
        start(agent(target, store, bus).run());
        await().atMost(PATIENCE).until(() -> areEqual(source, target));
        assertThat(failures).isEmpty();
        assertThat(PostgresFixture.ask(EmbeddedDatabase.settings(), BLOCKS_WITHOUT_PACK))
                .isEqualTo("0");
    }

    /** Each round replaces every small file, the first ones a block or two of the large one too. */
    private void editAll(Path source, int round) throws IOException {
        for (int i = 0; i < SMALL_FILES; i++) {
            Files.write(source.resolve("small-" + i), bytes(SMALL_BYTES));
        }
        if (round < LARGE_EDITS) {
            try (FileChannel large =
                    FileChannel.open(source.resolve("large"), StandardOpenOption.WRITE)) {
                large.write(ByteBuffer.wrap(bytes(10)), round * 9_000_000L);
            }
        }
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private void awaitCommitted(Path source) {
        await().atMost(PATIENCE).until(() -> areCommitted(source));
    }

    private boolean areCommitted(Path source) throws IOException {
        List<EntryPath> paths = new ArrayList<>(List.of(EntryPath.parse("large")));
        for (int i = 0; i < SMALL_FILES; i++) {
            paths.add(EntryPath.parse("small-" + i));
        }
        List<Entry> entries =
                Objects.requireNonNull(
                        EmbeddedDatabase.FIXTURE.commits().committed(folder, paths).block());
        for (Entry entry : entries) {
            Path file = source.resolve(entry.path().toString());
            Instant modified = Files.getLastModifiedTime(file).toInstant();
            Timestamp time = new Timestamp(modified.getEpochSecond(), modified.getNano());
            if (!entry.metadata().modified().equals(time)) {
                return false;
            }
        }
        return entries.size() == paths.size();
    }

    private static boolean areEqual(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(file.getFileName());
                if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private long storedBytes() {
        try (Stream<Path> files = Files.walk(directory.resolve("store"))) {
            return files.mapToLong(GarbageIT::size).sum();
        } catch (UncheckedIOException | IOException moved) {
            return Long.MAX_VALUE; // a file went while it was listed
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException gone) {
            return 0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void start(Flux<?> flow) {
        running.add(flow.subscribe(_ -> {}, failures::add));
    }

    private void startFlows(TreeReader reader, BlockStore store, EventBus bus) {
        FolderIndex.Folder opened =
                Objects.requireNonNull(
                        EmbeddedDatabase.FIXTURE.rows().open(folder, UUID.randomUUID()).block());
        start(
                new IndexFlow(
                                new IndexContext(
                                        folder,
                                        reader,
                                        EmbeddedDatabase.FIXTURE.rows(),
                                        EmbeddedDatabase.FIXTURE.proofs(),
                                        bus,
                                        IndexSettings.defaults(),
                                        timer,
                                        "indexer"))
                        .run());
        start(transfer(opened, reader, store, bus).run());
        start(reconciler(store, bus).run());
    }

    private TransferFlow transfer(
            FolderIndex.Folder opened, TreeReader reader, BlockStore store, EventBus bus) {
        var ports =
                new TransferContext.Ports(
                        reader,
                        EmbeddedDatabase.FIXTURE.rows(),
                        EmbeddedDatabase.FIXTURE.packs(),
                        EmbeddedDatabase.FIXTURE.commits(),
                        EmbeddedDatabase.FIXTURE.recovery(),
                        EmbeddedDatabase.FIXTURE.parked(),
                        store,
                        pages(store, StoredPages.Limits.DEFAULT),
                        new ZstdBlockCodec(),
                        new TrustingSigner(),
                        bus);
        return new TransferFlow(
                new TransferContext(
                        opened,
                        ports,
                        TransferSettings.defaults().withRemovals(RemovalLimit.NEVER),
                        timer,
                        UUID::randomUUID,
                        "transfer"));
    }

    private ReconcileFlow reconciler(BlockStore store, EventBus bus) {
        var ports =
                new ReconcileContext.Ports(
                        EmbeddedDatabase.FIXTURE.rows(),
                        EmbeddedDatabase.FIXTURE.packs(),
                        EmbeddedDatabase.FIXTURE.commits(),
                        EmbeddedDatabase.FIXTURE.garbage(),
                        store,
                        pages(store, StoredPages.Limits.NO_CACHE),
                        new ZstdBlockCodec(),
                        bus);
        return new ReconcileFlow(
                new ReconcileContext(
                        folder,
                        ports,
                        new ReconcileSettings(
                                new Schedule.Every(SECOND), Duration.ofMillis(50), Backoff.DEFAULT),
                        GARBAGE,
                        timer,
                        UUID::randomUUID,
                        "collector"));
    }

    private ApplyFlow agent(Path target, BlockStore store, EventBus bus) {
        TargetState state =
                Objects.requireNonNull(
                        SqliteTargetState.open(directory.resolve("state"), "agent", stateThread)
                                .block());
        var ports =
                new AgentContext.Ports(
                        Disks.target(target, io, InstantSource.system(), TrashLimits.DEFAULT),
                        state,
                        pages(store, StoredPages.Limits.DEFAULT),
                        store,
                        new ZstdBlockCodec(),
                        new TrustingSigner(),
                        bus);
        return new ApplyFlow(
                new AgentContext(
                        new TargetId("fresh"),
                        folder,
                        Mode.MIRROR,
                        ports,
                        AgentSettings.defaults(),
                        timer,
                        UUID::randomUUID,
                        new Counters()));
    }

    private StoredPages pages(BlockStore store, StoredPages.Limits limits) {
        return new StoredPages(store, new ZstdBlockCodec(), folder, limits);
    }

    private static final class TrustingSigner implements CommitSigner {
        @Override
        public Signature sign(Commit commit) {
            return Signature.NONE;
        }

        @Override
        public boolean isValid(Commit commit) {
            return true;
        }
    }
}
