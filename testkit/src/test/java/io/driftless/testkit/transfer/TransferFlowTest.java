package io.driftless.testkit.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Sha256;
import io.driftless.event.Commit;
import io.driftless.event.Indexed;
import io.driftless.manifest.BlockLists;
import io.driftless.path.EntryPath;
import io.driftless.port.BlockStore;
import io.driftless.port.FolderIndex.Folder;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.port.ObjectKey;
import io.driftless.port.PackIndex;
import io.driftless.testkit.simulation.ForwardingStore;
import io.driftless.transfer.TransferContext;
import io.driftless.transfer.TransferFlow;
import io.driftless.transfer.TransferFlow.Transferred;
import io.driftless.transfer.TransferFlow.Transferred.Committed;
import io.driftless.transfer.TransferSettings;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import io.driftless.tree.Version;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The transfer flow over ports in memory, on virtual time. */
class TransferFlowTest {
    private static final Folder FOLDER = new Folder(new FolderId("photos"), new UUID(1, 2));

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final InstantSource clock =
            () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    private final MemoryTree source = new MemoryTree(clock);
    private final MemoryIndex index = new MemoryIndex(clock);
    private final MemoryEventBus bus = new MemoryEventBus(1, timer);
    private final Disposable.Composite running = Disposables.composite();

    @TempDir Path directory;

    @Test
    void commits_even_where_that_takes_longer_than_the_lease_lasts() {
        timer.advanceTimeBy(Duration.ofDays(20_000));
        index.open(FOLDER.id(), FOLDER.incarnation()).block();
        index.write(FOLDER.id(), List.of(rootRow())).block();
        Duration leaseLife = TransferSettings.defaults().leaseLife();
        BlockStore slow = new SlowStore(leaseLife.multipliedBy(3));

        running.add(flow("one", slow).run().subscribe());
        running.add(flow("other", slow).run().subscribe());
        timer.advanceTimeBy(leaseLife.multipliedBy(20));
        running.dispose();

        assertThat(index.newest(FOLDER.id()).block()).isPresent();
    }

    /**
     * Symlinks have no blocks, and of those there are few enough, but what they point to is long.
     */
    @Test
    void commits_without_a_list_of_changes_where_that_has_no_room_in_one_object() {
        timer.advanceTimeBy(Duration.ofDays(20_000));
        index.open(FOLDER.id(), FOLDER.incarnation()).block();
        LinkTarget far = LinkTarget.parse("x".repeat(4_000));
        List<RowWrite> rows = new ArrayList<>(List.of(rootRow()));
        for (int i = 0; i < 9_000; i++) {
            Metadata metadata = new Metadata(0777, 0, 0, new Timestamp(i, 0));
            rows.add(row(new Entry.SymlinkEntry(EntryPath.parse("link" + i), metadata, far)));
        }
        index.write(FOLDER.id(), rows).block();

        running.add(flow("one", new MemoryBlockStore()).run().subscribe());
        timer.advanceTimeBy(Duration.ofMinutes(1));

        Commit commit = index.newest(FOLDER.id()).block().orElseThrow();
        assertThat(commit.summary().entries()).isEqualTo(9_001);
        assertThat(commit.changes()).isEqualTo(new Commit.Changes.None());
    }

    /** Each pack takes memory, and batches come four at a time beside the search for dirty rows. */
    @Test
    void stores_no_more_packs_at_once_than_is_set_however_many_batches_there_are() {
        index.open(FOLDER.id(), FOLDER.incarnation()).block();
        SlowStore slow = new SlowStore(Duration.ofSeconds(1));
        running.add(flow("one", slow, settings(1, 2)).run().subscribe());
        timer.advanceTimeBy(Duration.ofSeconds(1));

        for (int i = 0; i < 12; i++) {
            dirtyFile("f" + i);
        }
        timer.advanceTimeBy(Duration.ofSeconds(5));

        assertThat(slow.mostPacksAtOnce).isEqualTo(2);
        timer.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(slow.packs).isEqualTo(12);
    }

    /** As where a large file takes its time: batches that come after it are found by the search. */
    @Test
    void stores_what_comes_after_a_pack_that_takes_long() {
        index.open(FOLDER.id(), FOLDER.incarnation()).block();
        Set<ObjectKey> packs = new HashSet<>();
        BlockStore store =
                new ForwardingStore(new MemoryBlockStore()) {
                    @Override
                    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
                        boolean isFirst = key.value().contains("pack") && packs.isEmpty();
                        packs.add(key);
                        return isFirst ? Mono.never() : super.put(key, pieces);
                    }
                };
        running.add(flow("one", store, settings(1, 8)).run().subscribe());
        timer.advanceTimeBy(Duration.ofSeconds(1));

        for (int i = 0; i < 12; i++) {
            dirtyFile("f" + i);
        }
        timer.advanceTimeBy(TransferSettings.defaults().sweep().multipliedBy(2));

        Set<BlockHash> blocks =
                IntStream.range(0, 12)
                        .mapToObj(i -> ("f" + i).getBytes(StandardCharsets.UTF_8))
                        .map(bytes -> Sha256.block(ByteBuffer.wrap(bytes)))
                        .collect(Collectors.toSet());
        assertThat(index.locate(FOLDER.id(), blocks).block()).hasSize(11);
    }

    /** As where an editor renames what it has just written. */
    @Test
    void reads_a_block_elsewhere_where_the_file_that_was_to_give_it_is_gone() {
        index.open(FOLDER.id(), FOLDER.incarnation()).block();
        SlowStore slow = new SlowStore(Duration.ofSeconds(5));
        running.add(flow("one", slow, settings(1, 1)).run().subscribe());
        timer.advanceTimeBy(Duration.ofSeconds(1));
        dirtyFile("another", "something else");
        dirtyFile("f.tmp", "text");
        dirtyFile("f", "text");

        source.delete(EntryPath.parse("f.tmp"));
        timer.advanceTimeBy(Duration.ofSeconds(20)); // Less than to the next search.

        BlockHash block = Sha256.block(ByteBuffer.wrap("text".getBytes(StandardCharsets.UTF_8)));
        assertThat(index.locate(FOLDER.id(), Set.of(block)).block()).hasSize(1);
    }

    /** P11: as where a tree of large files moves. */
    @Test
    void holds_no_more_blocks_than_is_set_however_many_the_rows_have() {
        timer.advanceTimeBy(Duration.ofDays(20_000));
        index.open(FOLDER.id(), FOLDER.incarnation()).block();
        index.write(FOLDER.id(), List.of(rootRow())).block();
        IntStream.range(0, 9).forEach(i -> dirtyFile("f" + i, texts("f" + i, 40)));
        dirtyFile("g", texts("g", 150));
        dirtyFile("h", texts("h", 40));
        BlockStore store = new MemoryBlockStore();
        Disposable before = flow("zero", store).run().subscribe();
        timer.advanceTimeBy(Duration.ofMinutes(1));
        before.dispose();
        dirtyFile("m", texts("m", 40));
        source.delete(EntryPath.parse("m")); // Never ready, and the first of all.
        IntStream.range(0, 9).forEach(i -> dirtyFile("n" + i, texts("f" + i, 40)));
        dirtyFile("o", texts("g", 150));
        dirtyFile("p", texts("h", 40));
        List<Transferred> done = new ArrayList<>();
        List<Integer> held = new ArrayList<>();
        TransferSettings bounded = TransferSettings.defaults().withMaxCommitBlocks(100);

        running.add(
                new TransferFlow(context("one", store, bounded, counting(held)))
                        .run()
                        .subscribe(done::add));
        timer.advanceTimeBy(Duration.ofMinutes(5));

        assertThat(done.stream().filter(Committed.class::isInstance).map(Committed.class::cast))
                .extracting(Committed::puts)
                .containsExactly(2L, 2L, 2L, 2L, 2L, 1L);
        assertThat(held).allMatch(blocks -> blocks <= 100 || blocks == 150);
    }

    @Test
    void a_large_file_has_its_turn_though_another_before_it_is_always_ready() {
        index.open(FOLDER.id(), FOLDER.incarnation()).block();
        index.write(FOLDER.id(), List.of(rootRow())).block();
        dirtyFile("a", "0");
        dirtyFile("b", "1");
        dirtyFile("m", texts("m", 150));
        running.add(
                Flux.interval(Duration.ofMillis(10), timer)
                        .subscribe(i -> dirtyFile("a", "" + i % 2))); // Stored already.

        running.add(bounded(new SlowStore(Duration.ofMillis(100))).run().subscribe());
        timer.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(isDirty("m")).isFalse();
    }

    private boolean isDirty(String name) {
        return index.rows(FOLDER.id(), List.of(EntryPath.parse(name))).block().getFirst().dirty();
    }

    /** Else targets would remove what they could move. */
    @Test
    void what_is_moved_goes_when_all_that_was_moved_has_come() {
        timer.advanceTimeBy(Duration.ofDays(20_000));
        index.open(FOLDER.id(), FOLDER.incarnation()).block();
        index.write(FOLDER.id(), List.of(rootRow())).block();
        IntStream.range(0, 9).forEach(i -> dirtyFile("a" + i, texts("f" + i, 40)));
        BlockStore store = new MemoryBlockStore();
        Disposable before = flow("zero", store).run().subscribe();
        timer.advanceTimeBy(Duration.ofMinutes(1));
        before.dispose();
        for (int i = 0; i < 9; i++) {
            source.delete(EntryPath.parse("a" + i));
            removed("a" + i);
            dirtyFile("n" + i, texts("f" + i, 40));
        }
        List<Committed> done = new ArrayList<>();

        running.add(bounded(store).run().ofType(Committed.class).subscribe(done::add));
        timer.advanceTimeBy(Duration.ofMinutes(5));

        assertThat(done).extracting(Committed::puts).containsExactly(2L, 2L, 2L, 2L, 1L);
        assertThat(done).extracting(Committed::removals).containsExactly(0L, 0L, 0L, 0L, 9L);
    }

    private TransferFlow bounded(BlockStore store) {
        return flow("one", store, TransferSettings.defaults().withMaxCommitBlocks(100));
    }

    private void removed(String name) {
        EntryPath path = EntryPath.parse(name);
        write(
                new RowWrite(
                        path,
                        version(path),
                        new State.Removed(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    private Optional<Version> version(EntryPath path) {
        return index.rows(FOLDER.id(), List.of(path)).block().stream()
                .map(Row::version)
                .findFirst();
    }

    private Version write(RowWrite row) {
        return index.write(FOLDER.id(), List.of(row)).block().getFirst().orElseThrow();
    }

    private static String[] texts(String name, int blocks) {
        return IntStream.range(0, blocks).mapToObj(i -> name + " " + i).toArray(String[]::new);
    }

    /** Of how many blocks it is asked at once where they lie. */
    private PackIndex counting(List<Integer> asked) {
        return (PackIndex)
                Proxy.newProxyInstance(
                        PackIndex.class.getClassLoader(),
                        new Class<?>[] {PackIndex.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("locate")) {
                                asked.add(((Set<?>) arguments[1]).size());
                            }
                            return method.invoke(index, arguments);
                        });
    }

    private static TransferSettings settings(int batchRows, int putsInFlight) {
        TransferSettings rest = TransferSettings.defaults();
        return new TransferSettings(
                batchRows,
                rest.batchesInFlight(),
                rest.packBytes(),
                putsInFlight,
                rest.sweep(),
                rest.maxCommitRows(),
                rest.maxCommitBlocks(),
                rest.maxListedChanges(),
                rest.leaseLife(),
                rest.resend(),
                rest.pace(),
                rest.longestPace(),
                rest.removals(),
                rest.backoff());
    }

    /** A file that was looked at, and word of it. */
    private void dirtyFile(String name) {
        dirtyFile(name, name);
    }

    /** A block for each text. */
    private void dirtyFile(String name, String... texts) {
        EntryPath path = EntryPath.parse(name);
        source.write(path, String.join("", texts).getBytes(StandardCharsets.UTF_8));
        List<BlockRef> blocks = Stream.of(texts).map(TransferFlowTest::block).toList();
        Content content = BlockLists.contentOf(blocks);
        Entry entry =
                new Entry.FileEntry(path, new Metadata(0644, 0, 0, new Timestamp(0, 0)), content);
        RowWrite row =
                new RowWrite(
                        path,
                        version(path),
                        new State.Ok(),
                        Optional.empty(),
                        Optional.of(entry),
                        Optional.of(blocks).filter(_ -> content.isListed()));
        Version version = write(row);
        bus.publish(
                        List.of(
                                new Indexed(
                                        FOLDER.id(),
                                        EntryPath.ROOT,
                                        List.of(new Indexed.RowVersion(path, version)))))
                .subscribe();
    }

    private static BlockRef block(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new BlockRef(Sha256.block(ByteBuffer.wrap(bytes)), bytes.length);
    }

    private TransferFlow flow(String holder, BlockStore store) {
        return flow(holder, store, TransferSettings.defaults());
    }

    private TransferFlow flow(String holder, BlockStore store, TransferSettings settings) {
        return new TransferFlow(context(holder, store, settings, index));
    }

    private TransferContext context(
            String holder, BlockStore store, TransferSettings settings, PackIndex packs) {
        ZstdBlockCodec codec = new ZstdBlockCodec();
        return new TransferContext(
                FOLDER,
                new TransferContext.Ports(
                        new MemoryTreeReader(source),
                        index,
                        packs,
                        index,
                        index,
                        index,
                        store,
                        new StoredPages(store, codec, FOLDER.id(), StoredPages.Limits.DEFAULT),
                        codec,
                        Ed25519Signer.signing(directory.resolve("key")),
                        bus),
                settings,
                timer,
                UUID::randomUUID,
                holder);
    }

    private static RowWrite rootRow() {
        Metadata metadata = new Metadata(0755, 0, 0, new Timestamp(0, 0));
        return row(new Entry.DirectoryEntry(EntryPath.ROOT, metadata));
    }

    /** Of what has no blocks. */
    private static RowWrite row(Entry entry) {
        return new RowWrite(
                entry.path(),
                Optional.empty(),
                new State.Ok(),
                Optional.empty(),
                Optional.of(entry),
                Optional.empty());
    }

    /** Every object takes its time. */
    private final class SlowStore extends ForwardingStore {
        private final Duration duration;
        private int packsNow;
        private int mostPacksAtOnce;
        private int packs;

        SlowStore(Duration duration) {
            super(new MemoryBlockStore());
            this.duration = duration;
        }

        @Override
        public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
            if (!key.value().contains("pack")) {
                return Mono.delay(duration, timer).then(super.put(key, pieces));
            }
            return Mono.defer(() -> {
                packsNow++;
                packs++;
                mostPacksAtOnce = Math.max(mostPacksAtOnce, packsNow);
                return Mono.delay(duration, timer)
                        .then(super.put(key, pieces))
                        .doOnTerminate(() -> packsNow--);
            });
        }
    }
}
