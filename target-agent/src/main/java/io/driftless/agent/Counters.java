package io.driftless.agent;

import io.driftless.event.Report.Totals;
import java.util.concurrent.atomic.LongAdder;

/** What an agent did since it started. */
public final class Counters {
    private final LongAdder entriesApplied = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder bytesFetched = new LongAdder();

    void applied(long entries, long bytes) {
        entriesApplied.add(entries);
        bytesWritten.add(bytes);
    }

    void fetched(long bytes) {
        bytesFetched.add(bytes);
    }

    public Totals totals() {
        return new Totals(entriesApplied.sum(), bytesWritten.sum(), bytesFetched.sum());
    }
}
