package io.driftless.reconciler;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Five fields of cron by their meaning: sets of numbers, tried one time after the other. */
final class CronFields {
    private final List<Field> fields;

    private record Field(String text, Set<Integer> numbers) {
        /**
         * @param mostFirst what alone is named, or begins a range, is no more than this
         */
        static Field random(int least, int mostFirst, int most, Random random) {
            int first = least + random.nextInt(mostFirst - least + 1);
            int last = first + random.nextInt(most - first + 1);
            int step = 2 + random.nextInt(4);
            return switch (random.nextInt(5)) {
                case 0 -> new Field(String.valueOf(first), Set.of(first));
                case 1 -> new Field(first + "-" + last, range(first, last, 1));
                case 2 -> new Field("*/" + step, range(least, most, step));
                case 3 -> {
                    Set<Integer> some = new TreeSet<>(List.of(least, first, last));
                    String list =
                            some.stream().map(String::valueOf).collect(Collectors.joining(","));
                    yield new Field(list, some);
                }
                default -> new Field("*", range(least, most, 1));
            };
        }

        private static Set<Integer> range(int first, int last, int step) {
            return IntStream.iterate(first, number -> number <= last, number -> number + step)
                    .boxed()
                    .collect(Collectors.toSet());
        }

        boolean isAny() {
            return text.equals("*");
        }
    }

    private CronFields(List<Field> fields) {
        this.fields = List.copyOf(fields);
    }

    static CronFields random(Random random) {
        List<Field> fields = new ArrayList<>();
        fields.add(Field.random(0, 59, 59, random));
        fields.add(Field.random(0, 23, 23, random));
        // Each month has a day 28: every expression names a date.
        fields.add(Field.random(1, 28, 31, random));
        fields.add(Field.random(1, 12, 12, random));
        fields.add(Field.random(0, 6, 6, random));
        return new CronFields(fields);
    }

    String text() {
        return fields.stream().map(Field::text).collect(Collectors.joining(" "));
    }

    /** By UTC. */
    Instant firstAfter(Instant time) {
        LocalDateTime after = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        LocalDate day = after.toLocalDate();
        while (true) {
            if (isMatching(day)) {
                for (int hour : new TreeSet<>(fields.get(1).numbers())) {
                    for (int minute : new TreeSet<>(fields.get(0).numbers())) {
                        LocalDateTime found = day.atTime(hour, minute);
                        if (found.isAfter(after)) {
                            return found.toInstant(ZoneOffset.UTC);
                        }
                    }
                }
            }
            day = day.plusDays(1);
        }
    }

    /** Where both are given, one of the two is enough. */
    private boolean isMatching(LocalDate day) {
        Field dayOfMonth = fields.get(2);
        Field weekday = fields.get(4);
        boolean isDay = dayOfMonth.numbers().contains(day.getDayOfMonth());
        boolean isWeekday = weekday.numbers().contains(day.getDayOfWeek().getValue() % 7);
        boolean isEither = !dayOfMonth.isAny() && !weekday.isAny();
        return fields.get(3).numbers().contains(day.getMonthValue())
                && (isEither ? isDay || isWeekday : isDay && isWeekday);
    }
}
