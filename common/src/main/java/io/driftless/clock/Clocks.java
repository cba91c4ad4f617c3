package io.driftless.clock;

import io.driftless.clock.HeardClock.Message;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * Clocks of other machines compared with ours, by whose they are. What is found is for people:
 * nothing waits for a clock, and which of two is wrong cannot be told. Safe for several threads.
 */
public final class Clocks {
    /** Apart by more than this, two clocks are said to be. */
    private static final Duration TOLERATED = Duration.ofSeconds(2);

    /** Only then they are no longer, lest one at the edge is said to be so again and again. */
    private static final Duration RIGHT_AGAIN = Duration.ofSeconds(1);

    /** A clock that nothing was heard of for so long may have been set since. */
    private static final Duration KNOWN_FOR = Duration.ofMinutes(5);

    private final String ours;
    private final Listener listener;
    private final Map<String, Known> known = new TreeMap<>();

    /** Hears of each clock that is found to be off, and that it is right again. */
    @FunctionalInterface
    public interface Listener {
        /**
         * @param trouble empty where it is right again
         */
        void changed(String whose, Optional<SyncException> trouble);
    }

    /**
     * @param ahead how far it is before ours, as far as known
     * @param isOff whether that was too far when it was last heard of
     * @param at when that was, by our clock
     */
    private record Known(HeardClock heard, Optional<Duration> ahead, boolean isOff, Instant at) {
        static final Known NOTHING =
                new Known(HeardClock.UNHEARD, Optional.empty(), false, Instant.EPOCH);

        Known hear(Message message) {
            HeardClock next = heard.hear(message);
            return known(next, next.ahead(), message.came());
        }

        Known ask(Duration found, Instant now) {
            return known(heard, Optional.of(found), now);
        }

        private Known known(HeardClock next, Optional<Duration> found, Instant now) {
            Duration limit = isOff ? RIGHT_AGAIN : TOLERATED;
            return new Known(
                    next,
                    found,
                    found.filter(far -> far.abs().compareTo(limit) > 0).isPresent(),
                    now);
        }
    }

    /**
     * @param ours whose clock they are compared with, as said to people
     */
    public Clocks(String ours, Listener listener) {
        this.ours = ours;
        this.listener = listener;
    }

    /**
     * A message came.
     *
     * @param said the time in it
     * @param came when, by our clock
     */
    public void heard(String whose, Instant said, Instant came) {
        Message message = new Message(said, came);
        update(whose, before -> before.hear(message));
    }

    /**
     * Somebody told the time when asked: that was some moment between the two of ours, so it is off
     * by at least what is left when half of the time between them is taken away.
     */
    public void asked(String whose, Instant asked, Instant told, Instant answered) {
        Duration half = Duration.between(asked, answered).dividedBy(2);
        if (half.isNegative()) {
            return; // Ours was set meanwhile.
        }
        Duration ahead = Duration.between(asked.plus(half), told);
        Duration sure = ahead.abs().minus(half);
        Duration least = sure.isNegative() ? Duration.ZERO : sure;
        update(whose, before -> before.ask(ahead.isNegative() ? least.negated() : least, answered));
    }

    /** Asks it now; fails where it does not answer. */
    public Mono<Void> ask(String whose, Mono<Instant> time, InstantSource clock) {
        return Mono.defer(() -> {
            Instant asked = clock.instant();
            return time.doOnNext(told -> asked(whose, asked, told, clock.instant())).then();
        });
    }

    private synchronized void update(String whose, UnaryOperator<Known> step) {
        Known before = known.getOrDefault(whose, Known.NOTHING);
        Known after = step.apply(before);
        known.put(whose, after);
        if (before.isOff() != after.isOff()) {
            listener.changed(whose, trouble(whose, after));
        }
    }

    /** It is of no interest any more. */
    public synchronized void forget(String whose) {
        known.remove(whose);
    }

    /** What is wrong with those that were heard of lately, in the order of their names. */
    public synchronized List<SyncException> troubles(Instant now) {
        return known.entrySet().stream()
                .filter(one -> one.getValue().at().plus(KNOWN_FOR).isAfter(now))
                .flatMap(one -> trouble(one.getKey(), one.getValue()).stream())
                .toList();
    }

    private Optional<SyncException> trouble(String whose, Known one) {
        return one.ahead()
                .filter(_ -> one.isOff())
                .map(ahead ->
                        new SyncException(
                                ErrorCode.CLOCK_SKEWED,
                                String.format(
                                        Locale.ROOT,
                                        "The clock of %s is %.1f s %s %s; set both by NTP.",
                                        whose,
                                        ahead.abs().toMillis() / 1000.0,
                                        ahead.isNegative() ? "behind" : "ahead of",
                                        ours)));
    }
}
