package io.driftless.testkit.simulation;

import static io.driftless.testkit.simulation.LiveTarget.bytes;
import static io.driftless.testkit.simulation.LiveTarget.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.agent.AgentSettings.Checks;
import io.driftless.block.BlockHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.plan.Mode;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What an agent does with an order that wants blocks. */
@Tag("P12")
class BlockReturnTest {
    private static final BlockHash ONE = Sha256.block(bytes("one"));
    private static final BlockHash TWO = Sha256.block(bytes("two"));
    private static final Duration SOON = Duration.ofSeconds(3);

    /** Nothing but orders and commits leads to work. */
    private static final Checks SELDOM = new Checks(Duration.ofDays(1), 0, Duration.ofDays(1));

    private final LiveTarget target = new LiveTarget(Mode.MIRROR, SELDOM);
    private final List<ObjectKey> puts = new ArrayList<>();
    private Optional<ErrorCode> refusal = Optional.empty();

    @BeforeEach
    void start() {
        MemoryBlockStore store = target.source.store;
        target.store =
                Plant.answering(
                        BlockStore.class,
                        (method, arguments) ->
                                method.getName().equals("put")
                                        ? put(
                                                (ObjectKey) arguments[0],
                                                method.invoke(store, arguments))
                                        : method.invoke(store, arguments));
        target.source.tree.write(path("a"), bytes("one"));
        target.source.tree.write(path("b"), bytes("two"));
        target.source.tree.write(path("c"), bytes("one"));
        target.source.commit();
        target.start();
        target.pass(SOON);
        assertThat(target.disk.snapshot()).isEqualTo(target.source.tree.snapshot());
    }

    private Object put(ObjectKey key, Object put) {
        puts.add(key);
        return refusal.<Object>map(code -> Mono.error(new SyncException(code, "No."))).orElse(put);
    }

    @AfterEach
    void stop() {
        target.stop();
    }

    private static ObjectKey key(BlockHash block) {
        return ObjectKey.returned(CommittedTree.FOLDER, block);
    }

    @Test
    void gives_back_what_it_holds_once_and_nothing_else() {
        target.want(List.of(TWO, Sha256.block(bytes("nobody's")), ONE));
        target.pass(SOON);

        assertThat(puts).containsExactlyInAnyOrder(key(ONE), key(TWO));
        assertThat(Objects.requireNonNull(target.source.store.get(key(ONE)).block()).array())
                .isEqualTo(bytes("one"));
        assertThat(target.report().deviations()).isEmpty();
    }

    @Test
    void gives_nothing_that_is_not_wanted_any_more() {
        target.want(List.of(ONE));
        target.pass(SOON);
        target.want(List.of());
        target.pass(Duration.ofHours(3));

        assertThat(puts).containsExactly(key(ONE));
    }

    /** It may be lost again on its way. */
    @Test
    void gives_again_what_is_wanted_for_long_but_less_and_less_often() {
        target.want(List.of(ONE));
        target.pass(Duration.ofMinutes(2));
        assertThat(puts).hasSize(2);

        target.pass(Duration.ofHours(3));
        assertThat(puts).hasSizeBetween(5, 12).containsOnly(key(ONE));
    }

    @Test
    void gives_what_is_wanted_next_at_once() {
        target.want(List.of(ONE));
        target.pass(SOON);
        target.want(List.of(TWO));
        target.pass(SOON);

        assertThat(puts).containsExactly(key(ONE), key(TWO));
    }

    /** No stat tells of it, and nobody may get it as the block. */
    @Test
    void does_not_give_bytes_that_changed_below_the_file_system() {
        target.disk.rot(path("b"), 1);
        target.want(List.of(ONE, TWO));
        target.pass(SOON);

        assertThat(puts).containsExactly(key(ONE));
    }

    @Test
    void gives_what_another_file_holds_where_one_is_not_as_it_was() {
        target.disk.rot(path("a"), 1);
        target.want(List.of(ONE));
        target.pass(SOON);

        assertThat(puts).containsExactly(key(ONE));
    }

    /** Of the store, of its rights, of the way to it: the target works on and nothing deviates. */
    @Test
    void is_not_in_trouble_where_the_store_does_not_take_it_and_gives_it_later() {
        for (ErrorCode code :
                List.of(
                        ErrorCode.STORE_REFUSED,
                        ErrorCode.DEPENDENCY_UNAVAILABLE,
                        ErrorCode.NO_SPACE)) {
            refusal = Optional.of(code);
            puts.clear();
            target.want(List.of(ONE, TWO));
            target.pass(Duration.ofMinutes(5));
            assertThat(puts).hasSizeBetween(2, 20);

            target.source.tree.write(path("new"), bytes("after " + code));
            target.source.commit();
            target.pass(SOON);
            assertThat(target.disk.snapshot()).isEqualTo(target.source.tree.snapshot());
            assertThat(target.report().deviations()).isEmpty();
            target.want(List.of());
            target.pass(SOON);
        }

        refusal = Optional.empty();
        puts.clear();
        target.want(List.of(ONE, TWO));
        target.pass(SOON);
        assertThat(puts).containsExactlyInAnyOrder(key(ONE), key(TWO));
    }
}
