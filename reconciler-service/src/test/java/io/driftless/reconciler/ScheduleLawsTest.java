package io.driftless.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.reconciler.Schedule.ByCron;
import io.driftless.reconciler.Schedule.Every;
import io.driftless.reconciler.Schedule.Moment;
import io.driftless.testing.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleLawsTest {
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Duration MOST_LATE = Duration.ofMinutes(5);

    /** From one February 29 to the next, over a year that ends in two zeros. */
    private static final Duration LONGEST_GAP = Duration.ofDays(8 * 366);

    private static final List<ZoneId> ZONES =
            List.of(
                    ZoneOffset.UTC,
                    ZoneId.of("Europe/Berlin"),
                    ZoneId.of("America/New_York"),
                    ZoneId.of("Australia/Lord_Howe"),
                    ZoneId.of("Asia/Kathmandu"));

    private static Duration upTo(Duration most, Random random) {
        return Duration.ofMillis(random.nextLong(most.toMillis() + 1));
    }

    private static Instant date(Random random) {
        return Instant.parse("1970-01-01T00:00:00Z")
                .plus(upTo(Duration.ofDays(150 * 365L), random));
    }

    private static Moment moment(Random random) {
        return new Moment(date(random), Instant.EPOCH.plus(upTo(YEAR, random)));
    }

    /** So much later by both clocks. */
    private static Moment after(Moment moment, Duration time) {
        return new Moment(moment.date().plus(time), moment.steady().plus(time));
    }

    private static Moment atDate(Moment moment, Instant date) {
        return new Moment(date, moment.steady());
    }

    @Test
    void an_interval_goes_from_the_end_of_a_run_and_is_up_to_a_tenth_shorter() {
        Seeds.forEach(random -> {
            Every every = new Every(Duration.ofSeconds(1).plus(upTo(YEAR.minusDays(1), random)));
            Moment ended = moment(random);
            double chance = random.nextDouble();
            Moment now = after(ended, upTo(every.interval().multipliedBy(2), random));

            Duration whole = every.untilNext(ended, ended, chance);
            Duration left = every.untilNext(now, ended, chance);

            assertThat(whole)
                    .isBetween(every.interval().multipliedBy(9).dividedBy(10), every.interval());
            Duration passed = Duration.between(ended.steady(), now.steady());
            assertThat(left)
                    .isEqualTo(passed.compareTo(whole) < 0 ? whole.minus(passed) : Duration.ZERO);
        });
    }

    @Test
    void an_interval_does_not_know_the_date() {
        Seeds.forEach(random -> {
            Every every = new Every(Duration.ofSeconds(1).plus(upTo(YEAR.minusDays(1), random)));
            Moment ended = moment(random);
            Moment now = after(ended, upTo(every.interval(), random));

            assertThat(every.untilNext(atDate(now, date(random)), ended, 0.5))
                    .isEqualTo(every.untilNext(now, ended, 0.5));
        });
    }

    @Test
    void cron_is_due_at_the_first_time_that_its_fields_name_after_the_run() {
        Seeds.forEach(random -> {
            CronFields fields = CronFields.random(random);
            ByCron cron = new ByCron(fields.text(), ZoneOffset.UTC);
            Moment ended = moment(random);

            Instant due = ended.date().plus(cron.untilNext(ended, ended, 0));

            assertThat(due).as(cron.toString()).isEqualTo(fields.firstAfter(ended.date()));
        });
    }

    @Test
    void chance_makes_cron_later_by_a_tenth_of_its_gap_and_five_minutes_at_most() {
        Seeds.forEach(random -> {
            CronFields fields = CronFields.random(random);
            ByCron cron = new ByCron(fields.text(), ZoneOffset.UTC);
            Moment ended = moment(random);
            Instant first = fields.firstAfter(ended.date());
            Duration tenth = Duration.between(first, fields.firstAfter(first)).dividedBy(10);

            Duration late =
                    cron.untilNext(ended, ended, random.nextDouble())
                            .minus(cron.untilNext(ended, ended, 0));

            assertThat(late).isBetween(Duration.ZERO, tenth).isLessThanOrEqualTo(MOST_LATE);
        });
    }

    @Test
    void cron_waits_for_the_same_time_from_wherever_it_is_asked() {
        Seeds.forEach(random -> {
            ByCron cron = new ByCron(CronFields.random(random).text(), ZoneOffset.UTC);
            Moment ended = moment(random);
            double chance = random.nextDouble();
            Duration whole = cron.untilNext(ended, ended, chance);
            Moment now = after(ended, upTo(whole.multipliedBy(2), random));

            Duration passed = Duration.between(ended.date(), now.date());

            assertThat(cron.untilNext(now, ended, chance))
                    .isEqualTo(passed.compareTo(whole) < 0 ? whole.minus(passed) : Duration.ZERO);
        });
    }

    @Test
    void cron_goes_on_in_every_zone_over_every_change_of_the_clock() {
        Seeds.forEach(random -> {
            ZoneId zone = ZONES.get(random.nextInt(ZONES.size()));
            ByCron cron = new ByCron(random.nextInt(60) + " * * * *", zone);
            Moment ended = moment(random);

            for (int run = 0; run < 50; run++) {
                Duration wait = cron.untilNext(ended, ended, 0);
                assertThat(wait)
                        .as("%s after %s", cron, ended.date())
                        .isBetween(Duration.ofNanos(1), Duration.ofHours(2));
                ended = after(ended, wait);
            }
        });
    }

    @Test
    void cron_never_goes_back_in_any_zone() {
        Seeds.forEach(random -> {
            ZoneId zone = ZONES.get(random.nextInt(ZONES.size()));
            ByCron cron = new ByCron(CronFields.random(random).text(), zone);
            Moment ended = moment(random);

            for (int run = 0; run < 20; run++) {
                Duration wait = cron.untilNext(ended, ended, random.nextDouble());
                assertThat(wait)
                        .as("%s after %s", cron, ended.date())
                        .isBetween(Duration.ofNanos(1), LONGEST_GAP.plus(MOST_LATE));
                ended = after(ended, wait);
            }
        });
    }

    @Test
    void a_clock_that_jumps_back_does_not_stop_the_scans() {
        Seeds.forEach(random -> {
            CronFields fields = CronFields.random(random);
            ByCron cron = new ByCron(fields.text(), ZoneOffset.UTC);
            Moment ended = moment(random);
            Instant back = ended.date().minus(upTo(YEAR.multipliedBy(20), random));
            Moment now = atDate(after(ended, upTo(Duration.ofHours(1), random)), back);

            assertThat(now.date().plus(cron.untilNext(now, ended, 0)))
                    .isBeforeOrEqualTo(fields.firstAfter(now.date()));
        });
    }

    @Test
    void a_clock_that_jumps_over_times_makes_one_run_due_and_no_more() {
        Seeds.forEach(random -> {
            ByCron cron = new ByCron(CronFields.random(random).text(), ZoneOffset.UTC);
            Moment ended = moment(random);
            Instant jumped = ended.date().plus(LONGEST_GAP).plus(upTo(YEAR, random));
            Moment now = atDate(after(ended, Duration.ofSeconds(1)), jumped);

            assertThat(cron.untilNext(now, ended, 1)).isZero();
            assertThat(cron.untilNext(now, now, 0)).isPositive();
        });
    }

    @Test
    void a_leap_day_is_found_over_a_century_without_one() {
        Moment ended = new Moment(Instant.parse("2096-03-01T00:00:00Z"), Instant.EPOCH);

        assertThat(new ByCron("0 0 29 2 *", ZoneOffset.UTC).untilNext(ended, ended, 0))
                .isEqualTo(Duration.between(ended.date(), Instant.parse("2104-02-29T00:00:00Z")));
    }

    @ParameterizedTest
    @CsvSource({
        "15m,PT15M",
        "1h30m,PT1H30M",
        " 1s ,PT1S",
        "365d,P365D",
    })
    void reads_intervals(String text, Duration interval) {
        assertThat(Schedule.parse("key", text)).isEqualTo(new Every(interval));
    }

    @ParameterizedTest
    @CsvSource({
        "0 3 * * *,0 3 * * *,Z",
        "' 0  3 * * 1-5   Europe/Berlin ',0 3 * * 1-5,Europe/Berlin",
        "*/15 * * * MON,*/15 * * * MON,Z",
        "0 3 * * 7 UTC,0 3 * * 7,UTC"
    })
    void reads_cron(String text, String fields, String zone) {
        assertThat(Schedule.parse("key", text)).isEqualTo(new ByCron(fields, ZoneId.of(zone)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "15",
                "999ms",
                "366d",
                "-1h",
                "0 3 * *",
                "60 3 * * *",
                "0 3 32 * *",
                "0 3 * 13 *",
                "0 0 30 2 *",
                "0 3 * * * Nowhere/Atall",
                "0 0 3 * * * UTC",
                "@daily",
                "*/0 * * * *"
            })
    void refuses_what_is_no_schedule_and_names_the_setting(String text) {
        assertThatThrownBy(() -> Schedule.parse("driftless.full-scan", text))
                .isInstanceOfSatisfying(
                        SyncException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BAD_SETTING))
                .hasMessageStartingWith("driftless.full-scan is '" + text + "'; ");
    }
}
