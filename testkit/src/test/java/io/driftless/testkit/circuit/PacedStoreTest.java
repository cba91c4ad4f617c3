package io.driftless.testkit.circuit;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.circuit.PacedStore;
import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.testkit.contract.BlockStoreContract;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** However many ask at once, no more is done in a second than is allowed. */
class PacedStoreTest extends BlockStoreContract {
    private static final ObjectKey KEY = new ObjectKey("f/a/packs/one");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PIECE = 64 << 10;

    private final MemoryBlockStore inner = new MemoryBlockStore();

    @Override
    protected BlockStore store() {
        return paced(OptionalInt.of(1_000_000), OptionalLong.of(1 << 30));
    }

    private BlockStore paced(OptionalInt requests, OptionalLong bytes) {
        return new PacedStore(inner, requests, bytes, Schedulers.parallel());
    }

    private static void does(int times, Function<Integer, Mono<?>> request) {
        Flux.range(0, times).flatMap(request::apply, 64).blockLast(PATIENCE);
    }

    /** The second of three seconds' worth has to pass as a whole, whenever the first began. */
    private static void takesAtLeastASecond(Runnable work) {
        long began = System.nanoTime();
        work.run();
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isGreaterThanOrEqualTo(Duration.ofMillis(990));
    }

    @Test
    void requests_wait_for_their_turn() {
        BlockStore store = paced(OptionalInt.of(20), OptionalLong.empty());

        takesAtLeastASecond(() -> does(41, _ -> store.exists(KEY)));
    }

    @Test
    void bytes_put_wait_for_their_turn() {
        BlockStore store = paced(OptionalInt.empty(), OptionalLong.of(10 * PIECE));
        List<ByteBuffer> piece = List.of(ByteBuffer.wrap(new byte[PIECE]));

        takesAtLeastASecond(() -> does(21, i -> store.put(new ObjectKey("f/a/packs/" + i), piece)));
    }

    @Test
    void bytes_got_make_others_wait() {
        BlockStore store = paced(OptionalInt.empty(), OptionalLong.of(10 * PIECE));
        inner.put(KEY, List.of(ByteBuffer.wrap(new byte[25 * PIECE]))).block(PATIENCE);
        store.get(KEY).block(PATIENCE);

        takesAtLeastASecond(() -> does(1, _ -> store.getRange(KEY, 0, PIECE)));
    }

    @Test
    void one_longer_than_a_second_has_bytes_goes_as_a_whole() {
        BlockStore store = paced(OptionalInt.empty(), OptionalLong.of(PIECE));

        store.put(KEY, List.of(ByteBuffer.wrap(new byte[3 * PIECE]))).block(PATIENCE);

        assertThat(inner.get(KEY).block(PATIENCE)).isNotNull();
    }
}
