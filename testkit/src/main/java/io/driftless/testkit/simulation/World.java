package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.event.Commit;
import io.driftless.plan.Mode;
import io.driftless.port.CommitSigner;
import io.driftless.port.FolderIndex;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * What lasts when processes end: the source, the servers, and the targets with the states of their
 * agents.
 *
 * @param random everything that happens by chance comes from it
 * @param timer the one clock that is always right
 * @param signer signs commits
 */
record World(
        Random random,
        VirtualTimeScheduler timer,
        CommitSigner signer,
        FolderIndex.Folder folder,
        MemoryTree source,
        MemoryIndex index,
        MemoryEventBus bus,
        MemoryBlockStore store,
        List<SimulatedTarget> targets) {
    private static final FolderId FOLDER = new FolderId("simulated");

    /** A source with something in it, and a target of each mode that is not empty either. */
    static World of(Random random, CommitSigner signer) {
        VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        timer.advanceTimeBy(Duration.ofDays(20_000));
        InstantSource clock = () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
        World world =
                new World(
                        random,
                        timer,
                        signer,
                        new FolderIndex.Folder(FOLDER, idOf(random)),
                        new MemoryTree(clock),
                        new MemoryIndex(clock),
                        new MemoryEventBus(4, timer),
                        new MemoryBlockStore(),
                        new ArrayList<>());
        world.index.open(FOLDER, world.folder.incarnation()).subscribe();
        new SourceEdits(world.source, random).some(30);
        for (Mode mode : Mode.values()) {
            MemoryTree disk = new MemoryTree(clock);
            new SourceEdits(disk, random).some(10);
            TargetId id = new TargetId(mode.name().toLowerCase(Locale.ROOT));
            world.targets.add(new SimulatedTarget(id, mode, disk));
        }
        return world;
    }

    private static UUID idOf(Random random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    FolderId folderId() {
        return folder.id();
    }

    UUID id() {
        return idOf(random);
    }

    /** The database is a new one, in which somebody has made the folder. */
    void loseIndex() {
        index.lose();
        index.open(FOLDER, id()).subscribe();
    }

    Optional<Commit> newestCommit() {
        return Objects.requireNonNull(index.newest(folder.id()).block());
    }
}
