package io.driftless.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.BlockHash;
import io.driftless.block.Sha256;
import io.driftless.committed.WantedBlocks.Question;
import io.driftless.event.Order;
import io.driftless.port.TargetState.Requests;
import io.driftless.status.Ask;
import io.driftless.tree.TargetId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingOrdersTest {
    private static final TargetId TARGET = new TargetId("nas");
    private static final TargetId OTHER = new TargetId("other");
    private static final Requests DONE = new Requests(3, 2, 1);
    private static final Map<TargetId, Requests> BOTH = Map.of(TARGET, DONE, OTHER, DONE);
    private static final BlockHash BLOCK = Sha256.block(new byte[] {1});
    private static final Question ONE =
            new Question(List.of(BLOCK), List.of(TARGET), Instant.EPOCH);

    private final StandingOrders orders = new StandingOrders();

    private static Order order(long scan, List<String> approvals) {
        return new Order(TARGET, Optional.of(7L), true, scan, 2, 1, approvals);
    }

    @Test
    void wanting_blocks_changes_nothing_else_that_is_wished() {
        orders.learn(order(5, List.of("a")));

        assertThat(orders.wanting(BOTH, ONE, ONE.targets()))
                .containsExactly(order(5, List.of("a")).withWanted(List.of(BLOCK)));
    }

    @Test
    void asking_for_something_else_goes_on_wanting_blocks() {
        orders.learn(order(5, List.of()));
        orders.wanting(BOTH, ONE, ONE.targets());

        assertThat(orders.next(TARGET, before -> Ask.SCAN.order(TARGET, before, DONE)))
                .isEqualTo(order(6, List.of()).withWanted(List.of(BLOCK)));
    }

    @Test
    void the_first_order_for_a_target_asks_for_nothing_that_is_done() {
        Order first =
                new Order(TARGET, Optional.empty(), false, 3, 2, 1, List.of(), List.of(BLOCK));

        assertThat(orders.wanting(BOTH, ONE, List.of())).containsExactly(first);
        assertThat(new StandingOrders().wanting(BOTH, Question.NONE, List.of())).isEmpty();
    }

    @Test
    void who_is_asked_is_told_once_and_again_with_each_question() {
        orders.wanting(BOTH, ONE, ONE.targets()).forEach(orders::learn);

        assertThat(orders.wanting(BOTH, ONE, List.of())).isEmpty();
        assertThat(orders.wanting(BOTH, ONE, ONE.targets())).hasSize(1);
    }

    /** As after a restart: what an earlier life wanted is on the topic. */
    @Test
    void blocks_are_no_longer_wanted_of_those_that_are_not_asked() {
        orders.learn(order(5, List.of()).withWanted(List.of(BLOCK)));

        assertThat(orders.wanting(BOTH, Question.NONE, List.of()))
                .containsExactly(order(5, List.of()));
    }

    /** Two wrote at the same time: what is read last does not know of the other. */
    @Test
    void what_the_topic_forgot_is_said_again() {
        orders.learn(order(5, List.of("a")));
        Order asked = orders.next(TARGET, before -> Ask.SCAN.order(TARGET, before, DONE));
        orders.learn(asked);
        orders.learn(order(5, List.of("b")).withWanted(List.of(BLOCK)));

        assertThat(orders.isBehind()).isTrue();
        List<Order> again = orders.behind(BOTH);
        assertThat(again).containsExactly(order(6, List.of("b", "a")).withWanted(List.of(BLOCK)));
        again.forEach(orders::learn);
        assertThat(orders.isBehind()).isFalse();
        assertThat(orders.behind(BOTH)).isEmpty();
    }
}
