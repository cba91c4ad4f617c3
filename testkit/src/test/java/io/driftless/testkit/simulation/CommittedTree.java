package io.driftless.testkit.simulation;

import io.driftless.adapter.codec.PackWriter;
import io.driftless.adapter.codec.PackWriter.Pack;
import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.block.BlockLocation;
import io.driftless.block.Content;
import io.driftless.block.PageHash;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.manifest.Page;
import io.driftless.port.ObjectKey;
import io.driftless.port.PageStore;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/** A tree that is committed whole whenever asked for, without the flows that do it otherwise. */
final class CommittedTree {
    static final FolderId FOLDER = new FolderId("planned");

    final MemoryTree tree;
    final MemoryBlockStore store = new MemoryBlockStore();
    final MemoryEventBus bus;
    private final PageStore pages = pages();
    private final Scheduler timer;
    private UUID incarnation = new UUID(0, 1);
    private long seq;
    private Optional<Commit> newest = Optional.empty();

    CommittedTree(MemoryTree tree, Scheduler timer) {
        this.tree = tree;
        this.timer = timer;
        this.bus = new MemoryEventBus(1, timer);
    }

    PageStore pages() {
        return new StoredPages(store, new ZstdBlockCodec(), FOLDER, StoredPages.Limits.DEFAULT);
    }

    /** Afterwards the newest commit is the only one that an agent hears of. */
    Commit commit() {
        return commit(Commit.ALL);
    }

    /** The same of what is there now, while the first full scan goes on. */
    void commitSeenSoFar() {
        commit(Commit.SEEN_SO_FAR);
    }

    /** What was committed last was all of it. */
    void say(Instant now) {
        newest.ifPresent(commit -> bus.publish(List.of(commit.again(now, Commit.ALL))).block());
        bus.compact();
    }

    /** As after database and store were lost: the next commit is the first of another folder. */
    void beginAnew() {
        goOn(new UUID(0, incarnation.getLeastSignificantBits() + 1), 0);
    }

    /** The next commit comes after this one, as where an older copy was put in place. */
    void goOn(UUID under, long after) {
        incarnation = under;
        seq = after;
    }

    Commit newest() {
        return newest.orElseThrow();
    }

    /** Sends a commit, whichever it is, after which the topic holds no other. */
    void send(Commit commit) {
        bus.publish(List.of(commit)).block();
        bus.compact();
    }

    private Commit commit(PageHash rules) {
        seq++;
        List<BlockLocation> locations = storeBlocks();
        Map<PageHash, Page> made = new HashMap<>();
        ManifestBuilder builder = new ManifestBuilder(made::put);
        tree.snapshot().values().forEach(builder::add);
        ManifestBuilder.Built built = builder.finish();
        pages.put(made).block();
        Map<PageHash, List<BlockLocation>> placed = new HashMap<>();
        made.keySet().forEach(page -> placed.put(page, locations));
        pages.putLocations(placed).block();
        Commit commit =
                new Commit(
                        FOLDER,
                        incarnation,
                        seq,
                        built.root(),
                        Optional.empty(),
                        rules,
                        "",
                        built.summary(),
                        Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS)),
                        new Commit.Changes.None(),
                        Signature.NONE);
        newest = Optional.of(commit);
        send(commit);
        return commit;
    }

    private List<BlockLocation> storeBlocks() {
        PackWriter writer = new PackWriter(new UUID(incarnation.getLeastSignificantBits(), seq));
        for (Entry entry : tree.snapshot().values()) {
            if (entry instanceof Entry.FileEntry file
                    && file.content().blocks() instanceof Content.Blocks.Inline(var refs)
                    && !refs.isEmpty()) {
                ByteBuffer bytes = ByteBuffer.wrap(tree.bytes(file.path()).orElseThrow());
                writer.add(refs.getFirst(), new ZstdBlockCodec().encode(bytes));
            }
        }
        Pack pack = writer.finish();
        store.put(ObjectKey.pack(FOLDER, pack.id()), pack.pieces()).block();
        return pack.blocks();
    }
}
