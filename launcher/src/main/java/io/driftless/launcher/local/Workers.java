package io.driftless.launcher.local;

import io.driftless.tree.TargetId;
import java.util.ArrayList;
import java.util.List;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The threads of one engine, each pool named for its job. */
final class Workers implements AutoCloseable {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int QUEUED = 100_000;
    private static final int IDLE_SECONDS = 60;

    private final List<Scheduler> all = new ArrayList<>();
    private final Scheduler source = pool("source", Math.max(4, CORES));
    private final Scheduler store = pool("store", Math.max(32, 2 * CORES));
    private final Scheduler targets = pool("target", Math.max(4, 2 * CORES));
    private final Scheduler servers = pool("servers", 8);
    private final Scheduler bus = kept(Schedulers.newParallel("bus", Math.max(2, CORES), true));
    private final Scheduler listeners = kept(Schedulers.newSingle("listeners", true));
    private final Scheduler timer = kept(Schedulers.newParallel("timer", Math.max(2, CORES), true));

    private Scheduler pool(String name, int threads) {
        return kept(Schedulers.newBoundedElastic(threads, QUEUED, name, IDLE_SECONDS, true));
    }

    private Scheduler kept(Scheduler scheduler) {
        synchronized (all) {
            all.add(scheduler);
        }
        return scheduler;
    }

    /** Reading and hashing the source. */
    Scheduler source() {
        return source;
    }

    /** The block store. */
    Scheduler store() {
        return store;
    }

    /** Reading and writing targets. */
    Scheduler targets() {
        return targets;
    }

    /** Starting and stopping servers, and calls that wait for Kafka. */
    Scheduler servers() {
        return servers;
    }

    /** Handing over events; never blocked. */
    Scheduler bus() {
        return bus;
    }

    /** Telling of changes; who is told may block it, for ever where nobody reads what he prints. */
    Scheduler listeners() {
        return listeners;
    }

    Scheduler timer() {
        return timer;
    }

    /** A thread for one target's state alone. */
    Scheduler state(TargetId target) {
        return kept(Schedulers.newSingle("state-" + target, true));
    }

    @Override
    public void close() {
        synchronized (all) {
            all.forEach(Scheduler::dispose);
        }
    }
}
