package io.driftless.testkit.simulation;

import io.driftless.event.Commit;
import io.driftless.guard.RemovalLimit;
import io.driftless.port.CommitSigner;
import io.driftless.testkit.simulation.Actor.Life;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * One folder, all its flows and two targets, driven by a seed. {@link #run} edits the source while
 * processes crash, stop and lose what they were told, then ends the faults and asks the one
 * question: does every target become what it should be?
 */
public final class Simulation {
    private static final Duration FAULTY = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** An index is not made without an object that may be given yet. */
    private static final Duration PATIENCE_WITH_UNREADABLE = Duration.ofMinutes(8);

    /** Long enough that much is parked, and decided on, while faults are on. */
    private static final Duration FAULTY_AND_ASKING = Duration.ofSeconds(36);

    private static final RemovalLimit LOW = new RemovalLimit(Duration.ofSeconds(10), 0.25, 5);

    private final World world;
    private final Random random;
    private final VirtualTimeScheduler timer;
    private final Faults faults;
    private final Processes processes;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Actor> usersOfIndex = new ArrayList<>();
    private final List<String> losses = new ArrayList<>();
    private final EverSeen seen;
    private final StoreLosses storeLosses;
    private final History history;
    private final SourceLosses sourceLosses;
    private final List<Actor> rivals = new ArrayList<>();
    private Mishaps mishaps;
    private Duration faulty = FAULTY;
    private boolean losesSource;
    private boolean losesIndex;
    private boolean asks;
    private boolean isWatched = true;
    private boolean areTargetsTouched = true;

    /**
     * What a run saw.
     *
     * @param edits changes at the source
     * @param mishaps how often each kind of thing went wrong, calls that failed or came late aside
     * @param convergedAfter how long after the last of them all was as it should be
     */
    public record Outcome(
            int edits,
            Map<String, Integer> mishaps,
            Duration convergedAfter,
            List<String> problems) {
        @Override
        public String toString() {
            return "%d edits, %s, %d problems after %s"
                    .formatted(edits, mishaps, problems.size(), convergedAfter);
        }
    }

    /** One whose edits are never too many to go through by themselves. */
    public Simulation(Random random, CommitSigner signer) {
        this(random, signer, Bugs.NONE);
    }

    Simulation(Random random, CommitSigner signer, Bugs bugs) {
        this.random = random;
        this.world = World.of(random, signer);
        this.timer = world.timer();
        this.faults = new Faults(random, timer);
        this.seen = new EverSeen(world.source());
        this.storeLosses = new StoreLosses(world.folderId(), world.store(), random);
        this.history =
                new History(world, seen, commit -> !storeLosses.haveHappened() && isNewest(commit));
        this.sourceLosses =
                new SourceLosses(world.folderId(), world.source(), world.index(), random);
        this.mishaps = new Mishaps(world, FAULTY);
        this.processes = new Processes(world, faults, bugs, history);
        processes.use(storeLosses.store());
        makeActors();
    }

    /** From now on the source itself goes away now and then, and mounts cover parts of it. */
    public Simulation losingSource() {
        losesSource = true;
        return this;
    }

    /** From now on the database is lost now and then. */
    public Simulation losingIndex() {
        losesIndex = true;
        return this;
    }

    /** Nobody watches the source: what happens there is found by full scans alone. */
    public Simulation withoutWatcher() {
        isWatched = false;
        return this;
    }

    /** What the store lost comes back from the source alone: agents may only read there. */
    public Simulation withoutReturns() {
        processes.forbidReturns();
        return this;
    }

    /** Nobody but their agents touches the targets. */
    public Simulation leavingTargetsAlone() {
        areTargetsTouched = false;
        return this;
    }

    /**
     * Each target has a second agent, with a state of its own, and now and then an agent's state is
     * lost: as if a pod was started twice, or came back elsewhere.
     */
    public Simulation withTwoAgents() {
        for (SimulatedTarget target : world.targets()) {
            target.addAgent();
        }
        rivals.addAll(actors.stream().filter(actor -> actor.name().startsWith("agent ")).toList());
        world.targets().forEach(target -> rivals.add(add(target.agents().getLast())));
        return this;
    }

    /**
     * Few removals are too many, and now and then most of the source is removed: somebody is asked,
     * and approves or rejects. When the faults end everything is approved.
     */
    public Simulation askingForRemovals() {
        asks = true;
        faulty = FAULTY_AND_ASKING;
        mishaps = new Mishaps(world, faulty);
        processes.limitRemovals(LOW);
        add("operator", processes::operator, () -> {});
        return this;
    }

    private void makeActors() {
        add("watcher", life -> isWatched ? processes.watcher(life) : Flux.never(), () -> {});
        for (int number = 1; number <= 2; number++) {
            usersOfIndex.add(add("indexer-" + number, processes::indexer, () -> {}));
            usersOfIndex.add(add("transfer-" + number, processes::transfer, () -> {}));
        }
        usersOfIndex.add(add("reconciler", processes::reconciler, () -> {}));
        world.targets().forEach(target -> add(target.agents().getFirst()));
    }

    private Actor add(SimulatedAgent agent) {
        return add(agent.name(), life -> processes.agent(life, agent), () -> crash(agent));
    }

    /** The agent finds what people did meanwhile when it starts again. */
    private void crash(SimulatedAgent agent) {
        agent.crash();
        losses.addAll(lost(agent.target()));
        if (areTargetsTouched) {
            agent.target().edit(disk -> new SourceEdits(disk, random).some(random.nextInt(4)));
        }
        if (!rivals.isEmpty() && random.nextInt(3) == 0) {
            agent.loseState();
            mishaps.happened("lost state", 1);
        }
    }

    private Actor add(String name, Function<Life, Flux<?>> flow, Runnable onCrash) {
        Actor actor = new Actor(name, flow, onCrash, timer);
        actors.add(actor);
        return actor;
    }

    /** Runs to the end. No problems: everything converged and nothing was lost. */
    public Outcome run() {
        makeSpecial();
        actors.forEach(Actor::start);
        int edits = scheduleEdits();
        if (areTargetsTouched) {
            mishaps.ofTargets();
        }
        mishaps.ofProcesses(actors);
        if (!rivals.isEmpty()) {
            mishaps.ofAgents(rivals);
        }
        mishaps.ofStore(storeLosses);
        mishaps.ofTopics();
        if (losesSource) {
            mishaps.ofSource(sourceLosses);
        }
        if (losesIndex) {
            mishaps.ofIndex(usersOfIndex);
        }
        timer.schedulePeriodically(this::look, 100, 100, TimeUnit.MILLISECONDS);
        timer.advanceTimeBy(faulty);
        faults.end();
        actors.forEach(Actor::start);
        Duration waited = Duration.ZERO;
        Duration patience = storeLosses.areUnreadable() ? PATIENCE_WITH_UNREADABLE : PATIENCE;
        List<String> problems = problems();
        while (!problems.isEmpty() && lasting().isEmpty() && waited.compareTo(patience) < 0) {
            timer.advanceTimeBy(Duration.ofSeconds(1));
            waited = waited.plusSeconds(1);
            problems = problems();
        }
        mishaps.happened("block given back", processes.returned());
        if (asks) {
            history.parked().counts().forEach(mishaps::happened);
        }
        if (!rivals.isEmpty()) {
            world.targets().forEach(target -> target.claims().counts().forEach(mishaps::happened));
        }
        Outcome outcome = new Outcome(edits, mishaps.counts(), waited, problems);
        actors.forEach(Actor::crash);
        return outcome;
    }

    /** Some runs are of another kind, by a chance of its own: the others stay as they were. */
    private void makeSpecial() {
        Random chance = new Random(world.folder().incarnation().getLeastSignificantBits());
        if (chance.nextInt(3) == 0) {
            mishaps.ofOneObject("packs", storeLosses, chance);
        }
        if (chance.nextInt(3) == 0) {
            processes.largeIsLongerThan(1 + chance.nextInt(40));
        }
        if (chance.nextInt(3) == 0) {
            mishaps.ofOneObject("pages|locations", storeLosses, chance);
        }
        if (chance.nextInt(3) == 0) {
            storeLosses.lie(faults::areOn, chance);
            mishaps.happened("lying store", 1);
        }
    }

    private boolean isNewest(Commit commit) {
        return world.newestCommit().filter(newest -> newest.seq() == commit.seq()).isPresent();
    }

    private void look() {
        history.parked().look();
        world.targets()
                .forEach(target ->
                        target.agents()
                                .forEach(agent -> history.stands(target.id(), agent.position())));
    }

    /** Gives how many. */
    private int scheduleEdits() {
        SourceEdits editing = new SourceEdits(world.source(), random);
        EditingHours hours =
                new EditingHours(random, timer, count -> edit(() -> editing.some(count)));
        return asks
                ? hours.inSpells(faulty, () -> edit(editing::removeMost))
                : hours.anyTime(faulty);
    }

    private void edit(Runnable edit) {
        if (!sourceLosses.isLost()) {
            edit.run();
            seen.look();
        }
    }

    /** Where things stand, for messages. */
    private String state() {
        var index = world.index();
        return "index: dirty %s, due %s; newest commit %s; targets at %s"
                .formatted(
                        index.dirtyRows(world.folderId(), Optional.empty(), 100).block(),
                        index.dueRows(world.folderId(), Instant.EPOCH, 100).block(),
                        world.newestCommit().map(Commit::seq),
                        world.targets().stream()
                                .flatMap(target -> target.agents().stream())
                                .map(agent -> agent.position().seq())
                                .toList());
    }

    /** What no time mends. */
    private List<String> lasting() {
        List<String> lasting = new ArrayList<>(losses);
        lasting.addAll(history.problems());
        for (SimulatedTarget target : world.targets()) {
            target.claims().problems().forEach(one -> lasting.add(target.id() + ": " + one));
        }
        return lasting;
    }

    private List<String> problems() {
        List<String> problems = lasting();
        for (Actor actor : actors) {
            actor.failure()
                    .ifPresent(failure -> problems.add(actor.name() + " failed: " + failure));
        }
        for (SimulatedTarget target : world.targets()) {
            target.differences(world.source().snapshot())
                    .forEach(one -> problems.add(target.id() + ": " + one));
            problems.addAll(lost(target));
            if (!areTargetsTouched) {
                target.wasted().forEach(one -> problems.add(target.id() + ": " + one));
            }
        }
        if (world.newestCommit().isEmpty()) {
            problems.add("nothing is committed");
        }
        problems.addAll(history.parked().left());
        if (problems.isEmpty()) {
            Commit newest = world.newestCommit().orElseThrow();
            StoreAudit audit = new StoreAudit(world.folderId(), world.store());
            problems.addAll(audit.missing(newest));
            boolean isAnew = losesIndex && storeLosses.haveHappened();
            if (!mishaps.hasAnyStopped() && !isAnew) {
                problems.addAll(audit.garbage(newest));
            }
        }
        if (!problems.isEmpty()) {
            problems.addFirst(state());
        }
        return problems;
    }

    private List<String> lost(SimulatedTarget target) {
        return target.lost(seen.paths(), seen.contents()).stream()
                .map(one -> target.id() + ": " + one)
                .toList();
    }
}
