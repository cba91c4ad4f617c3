package io.driftless.agent;

import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.adapter.memory.MemoryEventBus;
import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.plan.Mode;
import io.driftless.port.CommitSigner;
import io.driftless.port.EventBus;
import io.driftless.port.TargetTree.Marker;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.util.UUID;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** An agent of which everything is in memory. */
final class MemoryAgent {
    static final FolderId FOLDER = new FolderId("photos");
    static final UUID INCARNATION = new UUID(0, 1);
    private static final TargetId TARGET = new TargetId("backup");
    static final Marker MARKER =
            new Marker(TARGET.value(), FOLDER.value(), INCARNATION, "agent", 1);

    private MemoryAgent() {}

    static AgentContext context(MemoryTree disk, Counters counters) {
        return context(disk, counters, new MemoryEventBus(1, Schedulers.immediate()));
    }

    static AgentContext context(MemoryTree disk, Counters counters, EventBus bus) {
        return context(disk, counters, bus, AgentSettings.defaults());
    }

    static AgentContext context(
            MemoryTree disk, Counters counters, EventBus bus, AgentSettings settings) {
        Scheduler timer = Schedulers.immediate();
        MemoryBlockStore store = new MemoryBlockStore();
        var codec = new ZstdBlockCodec();
        var ports =
                new AgentContext.Ports(
                        new MemoryTargetTree(disk),
                        MemoryTargetState.create("agent"),
                        new StoredPages(store, codec, FOLDER, StoredPages.Limits.DEFAULT),
                        store,
                        codec,
                        new NoSigner(),
                        bus);
        return new AgentContext(
                TARGET, FOLDER, Mode.MIRROR, ports, settings, timer, UUID::randomUUID, counters);
    }

    static ContentStep contents(AgentContext context, Settling settling) {
        Locations locations = new Locations(context);
        BlockFetch fetch = new BlockFetch(context);
        return new ContentStep(
                context,
                new ExtrasGuard(context),
                settling,
                new Placing(
                        context,
                        settling,
                        new SmallFiles(context, fetch, locations),
                        new LargeFiles(context, fetch, locations)));
    }

    private static final class NoSigner implements CommitSigner {
        @Override
        public Signature sign(Commit commit) {
            throw new AssertionError("nothing is signed here");
        }

        @Override
        public boolean isValid(Commit commit) {
            throw new AssertionError("no commit is read here");
        }
    }
}
