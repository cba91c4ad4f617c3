package io.driftless.reconciler;

import io.driftless.block.BlockHash;
import io.driftless.committed.WantedBlocks;
import io.driftless.committed.WantedBlocks.Question;
import io.driftless.event.Order;
import io.driftless.port.TargetState.Requests;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * Has blocks that the store lost come back from targets that hold them, where the source does not
 * give them: asks for them with the standing orders, and takes what was given. Turns come one after
 * the other.
 */
final class BlockReturns {
    /** However short the times of the collector are, a target takes some to look. */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);

    private static final Duration LEAST_PACE = Duration.ofMillis(50);

    private final ReconcileContext context;
    private final TargetReports targets;
    private final ReturnedBlocks returned;
    private final WantedBlocks wanted;
    private Question question = Question.NONE;

    /** In the life of this process. */
    private final Set<TargetId> everAsked = new HashSet<>();

    /** A search ended since the last turn: what it did not find nobody needs. */
    private boolean isFresh;

    private volatile boolean isAsking;

    BlockReturns(ReconcileContext context, TargetReports targets) {
        Duration chance = context.garbage().collectEvery().dividedBy(10);
        this.context = context;
        this.targets = targets;
        this.returned = new ReturnedBlocks(context);
        this.wanted = new WantedBlocks(chance, longer(chance, LEAST_PATIENCE));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** From one look for what was given to the next, while something is wanted. */
    Duration pace() {
        return longer(context.garbage().collectEvery().dividedBy(60), LEAST_PACE);
    }

    /** A search through all committed entries ended. */
    void searched(LackingFiles.Lacking lacking) {
        wanted.found(lacking.blocks(), context.steady());
        isAsking = !wanted.isEmpty();
        isFresh = true;
    }

    /** True where there is something to ask for, to take or to take back. May be asked any time. */
    boolean isDue() {
        return isAsking || context.orders().isBehind();
    }

    /**
     * Takes what was given and asks for what is left; true where the store is to be looked after
     * again: blocks found their place and no others are known to be lost, or it is not known
     * whether what was given is needed.
     */
    Mono<Boolean> turn(HeldLease held) {
        return Mono.defer(() -> {
            boolean wasAsking = !wanted.isEmpty();
            return returned.take(held, wanted, isFresh)
                    .doOnNext(taken -> wanted.placed(taken.placed(), context.steady()))
                    .delayUntil(_ -> notePlaced())
                    .delayUntil(taken -> ask(taken.isUncalled()))
                    .map(taken -> taken.isUnsure() || wasAsking && wanted.isEmpty())
                    .doFinally(_ -> {
                        isFresh = false;
                        isAsking = !wanted.isEmpty();
                    });
        });
    }

    /** The source may have given them meanwhile. */
    private Mono<Void> notePlaced() {
        Set<BlockHash> asked = wanted.asked();
        return asked.isEmpty()
                ? Mono.empty()
                : context.ports()
                        .packs()
                        .locate(context.folder(), asked)
                        .doOnNext(found -> wanted.placed(found.keySet(), context.steady()))
                        .then();
    }

    /**
     * A question that begins is published whatever the topic held: the topic may be a new one.
     * Where something was given that nobody called for, those that were asked are told again what
     * is.
     */
    private Mono<Void> ask(boolean isUncalled) {
        return Mono.defer(() -> {
            Question before = question;
            question = wanted.ask(targets.askable(context.steady()), context.steady());
            boolean isKnown = isFresh || isUncalled || !before.isNone() || !question.isNone();
            Map<TargetId, Requests> all = targets.done();
            List<Order> orders =
                    isKnown
                            ? context.orders().wanting(all, question, again(before, isUncalled))
                            : context.orders().behind(all);
            return orders.isEmpty() ? Mono.empty() : context.ports().bus().publish(orders);
        });
    }

    private Collection<TargetId> again(Question before, boolean isUncalled) {
        everAsked.addAll(question.targets());
        if (isUncalled) {
            return everAsked;
        }
        return question.equals(before) ? List.of() : question.targets();
    }
}
