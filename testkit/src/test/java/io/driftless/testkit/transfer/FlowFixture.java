package io.driftless.testkit.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.Ed25519Signer;
import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.adapter.memory.MemorySourceWatch;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.adapter.memory.MemoryTreeReader;
import io.driftless.event.Hint;
import io.driftless.event.Hint.Origin;
import io.driftless.indexer.IndexContext;
import io.driftless.indexer.IndexFlow;
import io.driftless.indexer.IndexSettings;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Folder;
import io.driftless.port.TreeReader;
import io.driftless.transfer.TransferContext;
import io.driftless.transfer.TransferFlow;
import io.driftless.transfer.TransferSettings;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.watcher.WatchFlow;
import io.driftless.watcher.WatchSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.test.scheduler.VirtualTimeScheduler;

/** From a tree to its commits: indexer and transfer over ports in memory, on virtual time. */
abstract class FlowFixture {
    static final Folder FOLDER = new Folder(new FolderId("photos"), new UUID(1, 2));

    final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    final InstantSource clock = () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    final MemoryTree source = new MemoryTree(clock);
    final MemoryIndex index = new MemoryIndex(clock);
    final MemoryEventBus bus = new MemoryEventBus(1, timer);
    private final MemoryBlockStore store = new MemoryBlockStore();
    private final Disposable.Composite running = Disposables.composite();
    private Disposable committer = Disposables.disposed();
    private Disposable indexer = Disposables.disposed();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    @TempDir Path directory;

    @BeforeEach
    void begin() {
        timer.advanceTimeBy(Duration.ofDays(20_000));
        index.open(FOLDER.id(), FOLDER.incarnation()).block();
        startIndexer(IndexSettings.defaults());
        startCommitter("one");
    }

    /** Kills the indexer that is, and starts another on the root that is there now. */
    final void startIndexer(IndexSettings settings) {
        indexer.dispose();
        TreeReader reader = new MemoryTreeReader(source);
        indexer =
                new IndexFlow(
                                new IndexContext(
                                        FOLDER.id(),
                                        reader,
                                        index,
                                        index.proofs(),
                                        bus,
                                        settings,
                                        timer,
                                        "indexer"))
                        .run()
                        .subscribe(_ -> {}, failure::set);
    }

    /** Tells of events at the source, as they come, from now on. */
    final void watch() {
        running.add(
                new WatchFlow(
                                FOLDER.id(),
                                new MemorySourceWatch(source, 1_000),
                                bus,
                                WatchSettings.defaults(),
                                timer)
                        .run()
                        .subscribe(_ -> {}, failure::set));
    }

    @AfterEach
    void end() {
        committer.dispose();
        indexer.dispose();
        running.dispose();
        assertThat(failure.get()).isNull();
    }

    /** Kills the committer that is, and starts another. */
    final void startCommitter(String holder) {
        startCommitter(holder, TransferSettings.defaults());
    }

    final void startCommitter(String holder, TransferSettings settings) {
        committer.dispose();
        ZstdBlockCodec codec = new ZstdBlockCodec();
        var ports =
                new TransferContext.Ports(
                        new MemoryTreeReader(source),
                        index,
                        index,
                        index,
                        index,
                        index,
                        store,
                        new StoredPages(store, codec, FOLDER.id(), StoredPages.Limits.DEFAULT),
                        codec,
                        signer(),
                        bus);
        committer =
                new TransferFlow(
                                new TransferContext(
                                        FOLDER, ports, settings, timer, UUID::randomUUID, holder))
                        .run()
                        .subscribe(_ -> {}, failure::set);
    }

    /** The database is gone, and everybody who used it starts again. */
    final void loseIndex(Runnable meanwhile) {
        committer.dispose();
        indexer.dispose();
        index.lose();
        meanwhile.run();
        index.open(FOLDER.id(), UUID.randomUUID()).block();
        startIndexer(IndexSettings.defaults());
        scan();
        startCommitter("another");
        scan();
    }

    final Ed25519Signer signer() {
        return Ed25519Signer.signing(directory.resolve("key"));
    }

    final void write(String path, String text) {
        source.write(path(path), text.getBytes(StandardCharsets.UTF_8));
    }

    /** A directory with files of their own content. */
    final void directory(String path, int files) {
        source.mkdir(path(path));
        for (int i = 0; i < files; i++) {
            write(path + "/f" + i, path + " " + i);
        }
    }

    /** Looks at the whole tree and commits what was found. */
    final void scan() {
        timer.advanceTimeBy(Duration.ofSeconds(1));
        Hint hint = Hint.tree(FOLDER.id(), EntryPath.ROOT, Origin.OPERATOR, Optional.empty());
        bus.publish(List.of(hint)).subscribe();
        pass(Duration.ofSeconds(20));
    }

    /** Looks at one path and what was below it. */
    final void look(String path) {
        EntryPath at = path(path);
        Hint hint = Hint.entries(FOLDER.id(), at.parent(), List.of(at), Origin.OPERATOR);
        bus.publish(List.of(hint)).subscribe();
    }

    final void pass(Duration time) {
        timer.advanceTimeBy(time);
    }

    /** What is below the root. */
    final Set<EntryPath> atSource() {
        Set<EntryPath> there = new HashSet<>(source.snapshot().keySet());
        there.remove(EntryPath.ROOT);
        return there;
    }

    /** What is below the root. */
    final Set<EntryPath> committed() {
        return index
                .committedBelow(FOLDER.id(), EntryPath.ROOT, Optional.empty(), 100_000)
                .block()
                .stream()
                .map(Entry::path)
                .collect(Collectors.toSet());
    }

    static EntryPath path(String path) {
        return EntryPath.parse(path);
    }
}
