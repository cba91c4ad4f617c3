package io.driftless.testkit.simulation;

import io.driftless.event.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** What goes wrong, each thing at a random moment of a span of time, and how often. */
final class Mishaps {
    private static final int LONGEST_STOP = 8_000;
    private static final int LONGEST_ABSENCE = 5_000;
    private static final String STOP = "stop";

    private final World world;
    private final Random random;
    private final int span;
    private final Map<String, Integer> counts = new TreeMap<>();

    /**
     * @param span when it is over
     */
    Mishaps(World world, Duration span) {
        this.world = world;
        this.random = world.random();
        this.span = (int) span.toMillis();
    }

    /** How often each kind happens. */
    Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    private void some(String kind, int most, Runnable mishap) {
        int count = random.nextInt(most + 1);
        for (int i = 0; i < count; i++) {
            at(random.nextInt(span), mishap);
        }
        counts.merge(kind, count, Integer::sum);
    }

    private void at(int millis, Runnable action) {
        world.timer().schedule(action, millis, TimeUnit.MILLISECONDS);
    }

    /** Processes crash, stand still for a while, and go by a wrong date. */
    void ofProcesses(List<Actor> actors) {
        int crashes = 5 + random.nextInt(6);
        for (int i = 0; i < crashes; i++) {
            Actor victim = any(actors);
            int time = random.nextInt(span);
            at(time, victim::crash);
            at(time + random.nextInt(LONGEST_ABSENCE), victim::start);
        }
        counts.put("crash", crashes);
        some(
                STOP,
                random.nextInt(2) * 5,
                () -> any(actors).stop(Duration.ofMillis(random.nextInt(LONGEST_STOP))));
        some("clock", 3, () -> any(actors).jumpClock(jump()));
    }

    /**
     * Agents, of which others take over, crash more often than other processes; some are asked to
     * end.
     */
    void ofAgents(List<Actor> agents) {
        some(
                "crash of an agent",
                9,
                () -> {
                    Actor victim = any(agents);
                    victim.crash();
                    at(random.nextInt(LONGEST_ABSENCE), victim::start);
                });
        some(
                "end of an agent",
                4,
                () -> {
                    Actor leaving = any(agents);
                    leaving.end();
                    at(random.nextInt(LONGEST_ABSENCE), leaving::start);
                });
    }

    /** Something that nobody planned went wrong in this way. */
    void happened(String kind, int count) {
        counts.merge(kind, count, Integer::sum);
    }

    /**
     * Whoever stood still for longer than the grace of the garbage writes what nobody knows of any
     * more: it is lost room, which must not be lost data.
     */
    boolean hasAnyStopped() {
        return counts.getOrDefault(STOP, 0) > 0;
    }

    /** Some seconds, as a machine that sets its clock right, or years, as one without a battery. */
    private Duration jump() {
        Duration length =
                random.nextBoolean()
                        ? Duration.ofMillis(random.nextInt(60_000))
                        : Duration.ofDays(random.nextInt(2_000));
        return random.nextBoolean() ? length : length.negated();
    }

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    /** What people and failing disks do to the targets while their agents live. */
    void ofTargets() {
        for (SimulatedTarget target : world.targets()) {
            some("drift", 9, () -> drift(target));
        }
    }

    private void drift(SimulatedTarget target) {
        int edits = random.nextInt(4);
        if (edits == 0) {
            target.rot(random);
        } else {
            target.edit(disk -> new SourceEdits(disk, random).some(edits));
        }
    }

    /** The store loses or damages pages, packs and locations: all of it can be made again. */
    void ofStore(StoreLosses losses) {
        some("store", 3, losses::one);
    }

    /**
     * One object of a kind cannot be read any more, until it is put anew: a pack never is.
     *
     * @param chance when and which
     */
    void ofOneObject(String kind, StoreLosses losses, Random chance) {
        at(chance.nextInt(span), () -> losses.stick(kind, chance));
        counts.merge("unreadable " + kind, 1, Integer::sum);
    }

    /**
     * The database is lost, and those that use it begin again with an empty one.
     *
     * @param users every process that has a connection to it
     */
    void ofIndex(List<Actor> users) {
        int losses = 1 + random.nextInt(3);
        for (int i = 0; i < losses; i++) {
            at(
                    random.nextInt(span),
                    () -> {
                        users.forEach(Actor::crash);
                        world.loseIndex();
                        users.forEach(Actor::start);
                    });
        }
        counts.put("index", losses);
    }

    /** Topics are lost and compacted. */
    void ofTopics() {
        some("topic", 4, () -> world.bus().lose(any(Topic.ALL)));
        some("compaction", 3, world.bus()::compact);
    }

    /** The source goes away and comes back. */
    void ofSource(SourceLosses losses) {
        for (int i = 0; i < 4; i++) {
            int begin = random.nextInt(span - 1_000);
            int end = begin + random.nextInt(span - 1 - begin);
            int kind = random.nextInt(3);
            AtomicReference<Runnable> back = new AtomicReference<>(() -> {});
            at(
                    begin,
                    () -> {
                        if (!losses.isLost() && losses.isRecognisable()) {
                            back.set(losses.one(kind));
                        }
                    });
            at(end, () -> back.get().run());
        }
        counts.put("source", 4);
    }
}
