package io.driftless.reconciler;

import io.driftless.committed.WantedBlocks.Question;
import io.driftless.event.Order;
import io.driftless.port.TargetState.Requests;
import io.driftless.tree.TargetId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The standing wish for each target, one for all of a process that wish something: a record holds
 * the whole wish, so whoever changes a part of it has to know the rest. Requests and approvals that
 * were written at once, here or by another process, come to all of them. Safe for several threads.
 */
public final class StandingOrders {
    private final Map<TargetId, Order> known = new ConcurrentHashMap<>();
    private final Map<TargetId, Order> read = new ConcurrentHashMap<>();

    /** The newest that the topic holds, by whoever wrote it. */
    public void learn(Order order) {
        read.put(order.target(), order);
        known.merge(order.target(), order, (before, now) -> now.alsoAsking(before));
    }

    /**
     * The next order for a target; to be published.
     *
     * @param change gets the newest order, as far as known
     */
    public Order next(TargetId target, Changed change) {
        return known.compute(target, (_, before) -> change.from(Optional.ofNullable(before)));
    }

    /** What becomes of an order. */
    public interface Changed {
        Order from(Optional<Order> before);
    }

    /** True where the topic holds less than what was ordered. */
    boolean isBehind() {
        return read.entrySet().stream()
                .anyMatch(one -> !one.getValue().equals(known.get(one.getKey())));
    }

    /** The orders of these targets that the topic does not hold as they are. */
    List<Order> behind(Map<TargetId, Requests> targets) {
        return behind(targets, order -> order);
    }

    /**
     * The same, when blocks are wanted of them and of no others.
     *
     * @param again who is told again what is wished though the topic seems to hold it
     */
    List<Order> wanting(
            Map<TargetId, Requests> targets, Question question, Collection<TargetId> again) {
        UnaryOperator<Order> change = order -> order.withWanted(question.of(order.target()));
        List<Order> orders = new ArrayList<>(behind(targets, change));
        Set<TargetId> told = orders.stream().map(Order::target).collect(Collectors.toSet());
        again.stream()
                .filter(target -> !told.contains(target))
                .flatMap(target -> Optional.ofNullable(known.get(target)).stream())
                .forEach(orders::add);
        return orders;
    }

    private List<Order> behind(Map<TargetId, Requests> targets, UnaryOperator<Order> change) {
        return targets.entrySet().stream()
                .map(one -> next(one.getKey(), before -> change.apply(orFirst(one, before))))
                .filter(order -> !order.equals(read.get(order.target())))
                .filter(order -> read.containsKey(order.target()) || !order.wanted().isEmpty())
                .toList();
    }

    private static Order orFirst(Map.Entry<TargetId, Requests> target, Optional<Order> before) {
        Requests done = target.getValue();
        return before.orElseGet(() ->
                new Order(
                        target.getKey(),
                        Optional.empty(),
                        false,
                        done.scan(),
                        done.resync(),
                        done.retry(),
                        List.of()));
    }
}
