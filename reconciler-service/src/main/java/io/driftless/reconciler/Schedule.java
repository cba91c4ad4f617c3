package io.driftless.reconciler;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.flow.DurationText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When full scans of the source begin after the first one. Pure: what the time is, and chance, come
 * from whoever asks.
 */
public sealed interface Schedule {
    Duration SHORTEST = Duration.ofSeconds(1);
    Duration LONGEST = Duration.ofDays(365);

    /**
     * How long to wait for the next run: not negative, and zero where it is due. A date can be set
     * to another at any time, so this holds for the clock as it is now and is to be asked for again
     * every few minutes.
     *
     * @param ended when the last run ended
     * @param random from 0 to 1, the same during one wait: many folders are not to be scanned at
     *     the same moment
     */
    Duration untilNext(Moment now, Moment ended, double random);

    /**
     * One moment by two clocks.
     *
     * @param date may be set to any other
     * @param steady only grows, see {@link io.driftless.flow.SteadyTime}
     */
    record Moment(Instant date, Instant steady) {}

    /**
     * {@code 15m}, or five fields of cron with or without a zone: {@code 0 3 * * *}, {@code 0 3 * *
     * 1-5 Europe/Berlin}.
     *
     * @param key the setting whose value it is
     * @throws SyncException {@code BAD_SETTING}
     */
    static Schedule parse(String key, String text) {
        String stripped = text.strip();
        Optional<Duration> interval = DurationText.find(stripped);
        if (interval.isPresent()) {
            Duration every = interval.get();
            if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
                throw bad(key, text, "allowed is 1s to 365d", null);
            }
            return new Every(every);
        }
        String[] words = stripped.split("\\s+");
        if (words.length < ByCron.FIELDS || words.length > ByCron.FIELDS + 1) {
            throw bad(
                    key,
                    text,
                    "must be an interval such as 15m, or cron such as '0 3 * * *' or"
                            + " '0 3 * * 1-5 Europe/Berlin'",
                    null);
        }
        try {
            ZoneId zone =
                    words.length == ByCron.FIELDS
                            ? ZoneOffset.UTC
                            : ZoneId.of(words[ByCron.FIELDS]);
            return new ByCron(String.join(" ", Arrays.copyOf(words, ByCron.FIELDS)), zone);
        } catch (DateTimeException | IllegalArgumentException no) {
            throw bad(key, text, "is no schedule: " + no.getMessage(), no);
        }
    }

    private static SyncException bad(
            String key, String text, String wrong, @Nullable Throwable cause) {
        return new SyncException(
                ErrorCode.BAD_SETTING, key + " is '" + text + "'; " + wrong + ".", cause);
    }

    /** So long after the end of a run, whatever the date; up to a tenth of it sooner. */
    record Every(Duration interval) implements Schedule {
        private static final double MOST_EARLY = 0.1;

        public Every {
            if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(interval + " is not 1 s to 365 days");
            }
        }

        @Override
        public Duration untilNext(Moment now, Moment ended, double random) {
            Duration passed = Duration.between(ended.steady(), now.steady());
            long early = (long) (interval.toMillis() * MOST_EARLY * random);
            Duration wait = interval.minusMillis(early).minus(passed);
            return wait.isNegative() ? Duration.ZERO : wait;
        }

        @Override
        public String toString() {
            return "every " + interval;
        }
    }

    /**
     * At the times that the fields name, by the date; up to a tenth of the time to the one after it
     * later, and no more than five minutes. A time that passed during a run, or before the first
     * one ended, is left out; one that the clock jumped over forwards is made up for by one run. A
     * day matches when its number or its weekday does, where both are given. A time of day that
     * summer time leaves out on one day in the year is left out on that day.
     */
    record ByCron(String fields, ZoneId zone) implements Schedule {
        static final int FIELDS = 5;
        private static final Duration MOST_LATE = Duration.ofMinutes(5);
        private static final long PART_LATE = 10;

        /** A date from which on every expression that names a date at all has one soon. */
        private static final Instant BEFORE_A_LEAP_DAY = Instant.parse("2024-01-01T00:00:00Z");

        public ByCron {
            ExecutionTime times = ExecutionTime.forCron(parsed(fields));
            if (times.nextExecution(BEFORE_A_LEAP_DAY.atZone(ZoneOffset.UTC)).isEmpty()) {
                throw new IllegalArgumentException("there is no such date");
            }
        }

        private static Cron parsed(String fields) {
            return new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
                    .parse(fields);
        }

        @Override
        public Duration untilNext(Moment now, Moment ended, double random) {
            Instant due = next(since(now, ended), random);
            return due.isAfter(now.date()) ? Duration.between(now.date(), due) : Duration.ZERO;
        }

        /**
         * The end of the last run by the clock of now. A clock that was set back would have it in
         * the future; over times that a clock jumped over the earlier of both does not lose one.
         */
        private static Instant since(Moment now, Moment ended) {
            Instant counted = now.date().minus(Duration.between(ended.steady(), now.steady()));
            return counted.isBefore(ended.date()) ? counted : ended.date();
        }

        private Instant next(Instant since, double random) {
            ExecutionTime times = ExecutionTime.forCron(parsed(fields));
            ZonedDateTime first = after(times, since.atZone(zone));
            Duration gap = Duration.between(first, after(times, first)).dividedBy(PART_LATE);
            Duration late = gap.compareTo(MOST_LATE) < 0 ? gap : MOST_LATE;
            return first.toInstant().plusMillis((long) (late.toMillis() * random));
        }

        /** A date too far off to be found is not waited for longer than the longest interval. */
        private static ZonedDateTime after(ExecutionTime times, ZonedDateTime time) {
            return times.nextExecution(time).orElseGet(() -> time.plus(LONGEST));
        }

        @Override
        public String toString() {
            return fields + " " + zone;
        }
    }
}
