package io.driftless.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.BlockHash;
import io.driftless.block.Sha256;
import io.driftless.event.Order;
import io.driftless.port.TargetState.Requests;
import io.driftless.testing.Seeds;
import io.driftless.tree.TargetId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AskTest {
    private static final TargetId TARGET = new TargetId("nas");

    @Test
    void an_order_asks_for_what_is_asked_and_for_nothing_else_anew() {
        Seeds.forEach(random -> {
            Requests done = new Requests(random.nextInt(5), random.nextInt(5), random.nextInt(5));
            Optional<Order> before =
                    random.nextBoolean()
                            ? Optional.empty()
                            : Optional.of(
                                    new Order(
                                            TARGET,
                                            Optional.of(7L),
                                            true,
                                            random.nextInt(5),
                                            random.nextInt(5),
                                            random.nextInt(5),
                                            List.of("a")));
            Ask ask = Ask.values()[random.nextInt(Ask.values().length)];

            Order order = ask.order(TARGET, before, done);

            long scan = known(before.map(Order::scan), done.scan());
            long resync = known(before.map(Order::resync), done.resync());
            long retry = known(before.map(Order::retry), done.retry());
            assertThat(order.scan()).isEqualTo(ask == Ask.SCAN ? scan + 1 : scan);
            assertThat(order.resync()).isEqualTo(ask == Ask.RESYNC ? resync + 1 : resync);
            assertThat(order.retry()).isEqualTo(ask == Ask.RETRY ? retry + 1 : retry);
        });
    }

    private static long known(Optional<Long> before, long done) {
        return Math.max(before.orElse(0L), done);
    }

    @Test
    void an_order_keeps_what_else_was_wished() {
        List<BlockHash> blocks = List.of(Sha256.block(new byte[] {1}));
        Order before =
                new Order(TARGET, Optional.of(7L), true, 1, 2, 3, List.of("a")).withWanted(blocks);

        Order order = Ask.SCAN.order(TARGET, Optional.of(before), Requests.NONE);

        assertThat(order)
                .isEqualTo(new Order(TARGET, Optional.of(7L), true, 2, 2, 3, List.of("a"), blocks));
    }
}
