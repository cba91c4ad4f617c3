package io.driftless.testkit.simulation;

import io.driftless.error.SyncException;
import io.driftless.guard.Standing.Decision;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.ParkedRemovals.ParkedSet;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Somebody who is asked: looks at what is parked, thinks for a while, and decides as it comes. Once
 * approved stays approved: a commit may be under way that takes it.
 */
final class Operator {
    private static final int LONGEST_PAUSE = 600;
    private static final int LONGEST_THOUGHT = 2_000;

    private final FolderId folder;
    private final ParkedRemovals parked;
    private final PackIndex packs;
    private final BooleanSupplier isHesitant;
    private final Random random;
    private final Scheduler timer;

    /**
     * @param isHesitant false from when on everything is approved, and at once
     */
    Operator(World world, ParkedRemovals parked, PackIndex packs, BooleanSupplier isHesitant) {
        this.folder = world.folderId();
        this.parked = parked;
        this.packs = packs;
        this.isHesitant = isHesitant;
        this.random = world.random();
        this.timer = world.timer();
    }

    Flux<Boolean> run() {
        return Mono.defer(() -> Mono.delay(upTo(LONGEST_PAUSE), timer))
                .then(Mono.defer(this::decideSome))
                .onErrorResume(SyncException.class, _ -> Mono.just(false))
                .repeat();
    }

    private Duration upTo(int millis) {
        return Duration.ofMillis(1 + random.nextInt(millis));
    }

    private Mono<Boolean> decideSome() {
        return parked.sets(folder)
                .map(sets ->
                        sets.stream().filter(set -> set.decision() != Decision.APPROVED).toList())
                .filter(sets -> !sets.isEmpty())
                .flatMap(sets -> isHesitant.getAsBoolean() ? think(sets) : approve(sets.getFirst()))
                .defaultIfEmpty(false);
    }

    private Mono<Boolean> think(List<ParkedSet> sets) {
        ParkedSet set = sets.get(random.nextInt(sets.size()));
        return Mono.delay(upTo(LONGEST_THOUGHT), timer)
                .then(Mono.defer(() -> Mono.justOrEmpty(opinion(set))))
                .flatMap(decision -> decide(set, decision));
    }

    /** What was rejected is mostly left at that. */
    private Optional<Decision> opinion(ParkedSet set) {
        boolean isRejected = set.decision() == Decision.REJECTED;
        if (random.nextInt(isRejected ? 8 : 3) == 0) {
            return Optional.of(Decision.APPROVED);
        }
        return isRejected ? Optional.empty() : Optional.of(Decision.REJECTED);
    }

    private Mono<Boolean> approve(ParkedSet set) {
        return decide(set, Decision.APPROVED);
    }

    /** A set that grew meanwhile has another name, and nobody decided on that. */
    private Mono<Boolean> decide(ParkedSet set, Decision decision) {
        return parked.decide(folder, set.id(), decision)
                .delayUntil(isDecided -> isDecided ? packs.announce(folder) : Mono.empty());
    }
}
