package io.driftless.agent;

import io.driftless.event.Report.Totals;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** What an agent did since it started. */
public final class Counters {
    private final LongAdder entriesApplied = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder bytesFetched = new LongAdder();
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
    }

    void applied(long entries, long bytes) {
        entriesApplied.add(entries);
        bytesWritten.add(bytes);
    }

    void fetched(long bytes) {
        bytesFetched.add(bytes);
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
