package io.driftless.hosting;

import java.util.ArrayList;
import java.util.List;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The threads of one process, each pool named for its job; a pool without work has no threads. */
public final class Workers implements AutoCloseable {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int QUEUED = 100_000;
    private static final int IDLE_SECONDS = 60;

    private final List<Scheduler> all = new ArrayList<>();
    private final Scheduler source = pool("source", Math.max(4, CORES));
    private final Scheduler store = pool("store", Math.max(8, 2 * CORES));
    private final Scheduler target = pool("target", Math.max(4, 2 * CORES));
    private final Scheduler servers = pool("servers", 8);
    private final Scheduler bus = kept(Schedulers.newParallel("bus", Math.max(2, CORES), true));
    private final Scheduler timer = kept(Schedulers.newParallel("timer", Math.max(2, CORES), true));
    private final Scheduler state = kept(Schedulers.newSingle("state", true));

    private Scheduler pool(String name, int threads) {
        return kept(Schedulers.newBoundedElastic(threads, QUEUED, name, IDLE_SECONDS, true));
    }

    private Scheduler kept(Scheduler scheduler) {
        all.add(scheduler);
        return scheduler;
    }

    /** Reading and hashing the source. */
    public Scheduler source() {
        return source;
    }

    /** The block store. */
    public Scheduler store() {
        return store;
    }

    /** Reading and writing the target. */
    public Scheduler target() {
        return target;
    }

    /** Calls that wait for Kafka or PostgreSQL. */
    public Scheduler servers() {
        return servers;
    }

    /** Handing over events; never blocked. */
    public Scheduler bus() {
        return bus;
    }

    public Scheduler timer() {
        return timer;
    }

    /** One thread, for the state of a target alone. */
    public Scheduler state() {
        return state;
    }

    @Override
    public void close() {
        all.forEach(Scheduler::dispose);
    }
}
