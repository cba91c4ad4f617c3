package io.driftless.launcher.output;

import io.driftless.launcher.engine.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;

/** How fast the work goes, by the last few seconds, and how long it may still take. */
final class ProgressRate {
    private static final Duration WINDOW = Duration.ofSeconds(5);
    private static final int MAX_SAMPLES = 64;
    private static final Duration MAX_ESTIMATE = Duration.ofDays(30);

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(Instant time, Progress progress) {}

    void add(Instant now, Progress progress) {
        samples.addLast(new Sample(now, progress));
        while (samples.size() > MAX_SAMPLES
                || (samples.size() > 2 && samples.getFirst().time().plus(WINDOW).isBefore(now))) {
            samples.removeFirst();
        }
    }

    double bytesPerSecond() {
        return perSecond(last().bytesDone() - first().bytesDone());
    }

    private double entriesPerSecond() {
        return perSecond(last().entriesDone() - first().entriesDone());
    }

    /** By the slower of bytes and entries; empty while it cannot be told. */
    Optional<Duration> left() {
        Optional<Duration> byEntries =
                left(last().entriesTotal(), last().entriesDone(), entriesPerSecond());
        Optional<Duration> byBytes =
                left(last().bytesTotal(), last().bytesDone(), bytesPerSecond());
        return byBytes.isPresent() && byEntries.isPresent()
                ? Optional.of(
                        byBytes.get().compareTo(byEntries.get()) > 0
                                ? byBytes.get()
                                : byEntries.get())
                : byBytes.or(() -> byEntries);
    }

    private static Optional<Duration> left(OptionalLong total, long done, double perSecond) {
        if (total.isEmpty() || total.getAsLong() <= done || perSecond <= 0) {
            return Optional.empty();
        }
        double seconds = (total.getAsLong() - done) / perSecond;
        return seconds > MAX_ESTIMATE.toSeconds()
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds((long) Math.ceil(seconds)));
    }

    private double perSecond(long amount) {
        Duration time =
                samples.size() < 2
                        ? Duration.ZERO
                        : Duration.between(samples.getFirst().time(), samples.getLast().time());
        return time.isZero() ? 0 : amount * 1e9 / time.toNanos();
    }

    private Progress first() {
        return samples.isEmpty() ? Progress.NONE : samples.getFirst().progress();
    }

    private Progress last() {
        return samples.isEmpty() ? Progress.NONE : samples.getLast().progress();
    }
}
