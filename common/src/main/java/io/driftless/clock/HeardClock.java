package io.driftless.clock;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A clock whose time comes with messages. They may come late, and old ones again: a message that
 * took long looks like a clock that is behind. So two of them have to agree, that were sent some
 * time apart and came as far apart, as nothing does that was held up somewhere and let go at once.
 *
 * @param last the message that the next one is compared with
 * @param ahead how far the clock is before ours, negative where it is behind; empty until two
 *     messages agreed
 */
public record HeardClock(Optional<Message> last, Optional<Duration> ahead) {
    public static final HeardClock UNHEARD = new HeardClock(Optional.empty(), Optional.empty());

    /** What was kept somewhere may have been sent closely one after the other. */
    private static final Duration APART = Duration.ofSeconds(10);

    private static final Duration AGREEING = Duration.ofSeconds(1);

    /**
     * A message.
     *
     * @param said the time in it
     * @param came when we got it, by our clock
     */
    public record Message(Instant said, Instant came) {
        private Duration ahead() {
            return Duration.between(came, said);
        }
    }

    /** What is known after another message. */
    public HeardClock hear(Message next) {
        if (last.isEmpty() || next.said().isBefore(last.get().said())) {
            return new HeardClock(Optional.of(next), ahead); // Said again, or the clock was set.
        }
        Message before = last.get();
        if (Duration.between(before.said(), next.said()).compareTo(APART) < 0) {
            return this;
        }
        Duration one = before.ahead();
        Duration other = next.ahead();
        boolean isAgreed = one.minus(other).abs().compareTo(AGREEING) <= 0;
        return new HeardClock(Optional.of(next), isAgreed ? Optional.of(later(one, other)) : ahead);
    }

    /** The message that was under way for less time. */
    private static Duration later(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
