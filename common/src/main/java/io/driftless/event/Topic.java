package io.driftless.event;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A topic and what it carries.
 *
 * @param name without the deployment's prefix
 * @param type what its records are
 * @param retention how long records are kept; empty where the newest of each key is kept for ever
 *     (compaction)
 */
public record Topic<E extends Event>(String name, Class<E> type, Optional<Duration> retention) {
    private static final Optional<Duration> WEEK = Optional.of(Duration.ofDays(7));

    public static final Topic<Hint> HINTS = new Topic<>("hints", Hint.class, WEEK);
    public static final Topic<Indexed> INDEXED = new Topic<>("indexed", Indexed.class, WEEK);
    public static final Topic<Commit> COMMITS =
            new Topic<>("commits", Commit.class, Optional.empty());
    public static final Topic<Order> ORDERS = new Topic<>("orders", Order.class, Optional.empty());
    public static final Topic<Report> REPORTS =
            new Topic<>("reports", Report.class, Optional.empty());

    public static final List<Topic<? extends Event>> ALL =
            List.of(HINTS, INDEXED, COMMITS, ORDERS, REPORTS);

    /** The topic that carries this event. */
    public static Topic<? extends Event> of(Event event) {
        return switch (event) {
            case Hint _ -> HINTS;
            case Indexed _ -> INDEXED;
            case Commit _ -> COMMITS;
            case Order _ -> ORDERS;
            case Report _ -> REPORTS;
        };
    }

    public boolean isCompacted() {
        return retention.isEmpty();
    }
}
