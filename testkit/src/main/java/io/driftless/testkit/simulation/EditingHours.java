package io.driftless.testkit.simulation;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import reactor.core.scheduler.Scheduler;

/** When the source is edited. */
final class EditingHours {
    /**
     * What is removed in the first part of a spell is parked, and decided on, in the rest of it.
     */
    private static final int SPELL = 12_000;

    private static final int BUSY = 3_000;

    private final Random random;
    private final Scheduler timer;
    private final IntConsumer edits;
    private int total;

    /**
     * @param edits makes so many edits
     */
    EditingHours(Random random, Scheduler timer, IntConsumer edits) {
        this.random = random;
        this.timer = timer;
        this.edits = edits;
    }

    /**
     * All the time. They may end while other things still go wrong: no later edit mends what that
     * does.
     *
     * @return how many
     */
    int anyTime(Duration span) {
        some(200, 0, (int) span.toMillis() / 4 * (1 + random.nextInt(4)));
        return total;
    }

    /**
     * For a while, then mostly a large removal, and then nobody touches the source for longer than
     * it is waited for whether it was a move; and so on.
     *
     * @param removal removes most of the source
     */
    int inSpells(Duration span, Runnable removal) {
        int spells = (int) span.toMillis() / SPELL;
        for (int spell = 0; spell < spells; spell++) {
            some(200 / spells, spell * SPELL, BUSY);
            if (random.nextInt(4) > 0) {
                at(spell * SPELL + BUSY, removal);
                total++;
            }
        }
        return total;
    }

    private void some(int count, int from, int length) {
        int wanted = total + count;
        while (total < wanted) {
            int burst = random.nextInt(6) == 0 ? 10 : 1;
            at(from + random.nextInt(length), () -> edits.accept(burst));
            total += burst;
        }
    }

    private void at(int millis, Runnable edit) {
        timer.schedule(edit, millis, TimeUnit.MILLISECONDS);
    }
}
