package io.driftless.agent;

import io.driftless.event.Report;
import io.driftless.event.Report.Totals;
import io.driftless.plan.Drift;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** What an agent did since it started. */
public final class Counters {
    private final LongAdder entriesApplied = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder bytesFetched = new LongAdder();
    private final LongAdder bytesProven = new LongAdder();
    private final Map<Drift, LongAdder> drift = new EnumMap<>(Drift.class);
    private final SequencedSet<UUID> doubted = new LinkedHashSet<>();
    private final Optional<Consumer<AppliedChange>> listener;

    public Counters() {
        this(Optional.empty());
    }

    /**
     * @param listener is told of every change of a path, one after the other, on the thread that
     *     did it: it must neither wait nor throw
     */
    public Counters(Consumer<AppliedChange> listener) {
        this(Optional.of(listener));
    }

    private Counters(Optional<Consumer<AppliedChange>> listener) {
        this.listener = listener;
        for (Drift one : Drift.values()) {
            drift.put(one, new LongAdder());
        }
    }

    void applied(long entries, long bytes) {
        entriesApplied.add(entries);
        bytesWritten.add(bytes);
    }

    void fetched(long bytes) {
        bytesFetched.add(bytes);
    }

    /** The store did not give a pack, or not with the bytes it should have. The last ones count. */
    void doubt(UUID pack) {
        synchronized (doubted) {
            doubted.addLast(pack);
            if (doubted.size() > Report.MAX_DOUBTED) {
                doubted.removeFirst();
            }
        }
    }

    /** Nothing lacks any more what a pack should have had. */
    void noDoubt() {
        synchronized (doubted) {
            doubted.clear();
        }
    }

    Set<UUID> doubted() {
        synchronized (doubted) {
            return Set.copyOf(doubted);
        }
    }

    void drifted(Map<Drift, Long> found) {
        found.forEach((one, paths) -> adder(one).add(paths));
    }

    private LongAdder adder(Drift one) {
        return Objects.requireNonNull(drift.get(one));
    }

    void proven(long bytes) {
        bytesProven.add(bytes);
    }

    /** Drift found so far, by its word; without those of which there was none. */
    public Map<String, Long> drift() {
        Map<String, Long> counts = new TreeMap<>();
        for (Drift one : Drift.values()) {
            long paths = adder(one).sum();
            if (paths > 0) {
                counts.put(one.word(), paths);
            }
        }
        return counts;
    }

    /** Bytes read again to prove what files hold. */
    public long bytesProven() {
        return bytesProven.sum();
    }

    /** True where somebody wants to know of single changes. */
    boolean isTold() {
        return listener.isPresent();
    }

    void tell(AppliedChange change) {
        if (!change.isNothing()) {
            listener.ifPresent(told -> told.accept(change));
        }
    }

    public Totals totals() {
        return new Totals(entriesApplied.sum(), bytesWritten.sum(), bytesFetched.sum());
    }
}
