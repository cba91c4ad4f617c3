package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * What every {@link BlockStore} promises. Keys are new for each test, so tests may share a store.
 */
public abstract class BlockStoreContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final FolderId folder = new FolderId("f-" + UUID.randomUUID());

    protected abstract BlockStore store();

    @Test
    void gives_back_the_bytes_of_all_pieces_in_order() {
        ObjectKey key = pack();

        put(key, text("one "), text(""), text("two"));

        assertThat(get(key)).isEqualTo(text("one two"));
    }

    @Test
    void leaves_the_callers_pieces_as_they_were() {
        ByteBuffer piece = text("0123456789").position(2).limit(7);
        ByteBuffer readOnly = text("ab").asReadOnlyBuffer();
        ByteBuffer direct = ByteBuffer.allocateDirect(2).put(text("cd")).flip();
        ObjectKey key = pack();

        put(key, piece, readOnly, direct);

        assertThat(piece).isEqualTo(text("23456"));
        assertThat(readOnly.remaining() + direct.remaining()).isEqualTo(4);
        assertThat(get(key)).isEqualTo(text("23456abcd"));
    }

    @Test
    void keeps_an_empty_object() {
        ObjectKey key = pack();

        put(key);

        assertThat(get(key).remaining()).isZero();
        assertThat(exists(key)).isTrue();
    }

    @Test
    void keeps_an_object_of_the_largest_size_and_refuses_one_byte_more() {
        ByteBuffer half = random(BlockStore.MAX_OBJECT_BYTES / 2);
        ObjectKey key = pack();

        put(key, half, half);

        assertThat(get(key).remaining()).isEqualTo(BlockStore.MAX_OBJECT_BYTES);
        assertThat(range(key, BlockStore.MAX_OBJECT_BYTES / 2, half.remaining())).isEqualTo(half);
        fails(store().put(pack(), List.of(half, half, text("!"))), ErrorCode.INVARIANT_BROKEN);
    }

    @Test
    void reads_any_range_of_an_object() {
        ByteBuffer bytes = random(100_000);
        ObjectKey key = pack();
        put(key, bytes);

        assertThat(range(key, 0, 1)).isEqualTo(bytes.slice(0, 1));
        assertThat(range(key, 70_001, 12_345)).isEqualTo(bytes.slice(70_001, 12_345));
        assertThat(range(key, 99_999, 1)).isEqualTo(bytes.slice(99_999, 1));
        assertThat(range(key, 500, 0).remaining()).isZero();
    }

    @Test
    void calls_a_range_beyond_the_end_damage() {
        ObjectKey key = pack();
        put(key, text("0123456789"));

        fails(store().getRange(key, 5, 6), ErrorCode.STORE_OBJECT_DAMAGED);
        fails(store().getRange(key, 10, 1), ErrorCode.STORE_OBJECT_DAMAGED);
        fails(store().getRange(key, 1L << 40, 1), ErrorCode.STORE_OBJECT_DAMAGED);
    }

    @Test
    void says_that_an_object_is_missing() {
        ObjectKey key = pack();

        fails(store().get(key), ErrorCode.STORE_OBJECT_MISSING);
        fails(store().getRange(key, 0, 1), ErrorCode.STORE_OBJECT_MISSING);
        assertThat(exists(key)).isFalse();
    }

    @Test
    void replaces_an_object_whole() {
        ObjectKey key = ObjectKey.locations(folder, page("p"));
        put(key, text("a long first version"));

        put(key, text("short"));

        assertThat(get(key)).isEqualTo(text("short"));
    }

    @Test
    void deletes_an_object_and_does_not_mind_when_it_is_gone() {
        ObjectKey key = pack();
        put(key, text("x"));

        store().delete(key).block(PATIENCE);
        store().delete(key).block(PATIENCE);

        assertThat(exists(key)).isFalse();
    }

    @Test
    void does_nothing_before_it_is_subscribed_to() {
        ObjectKey key = pack();

        Mono<Void> put = store().put(key, List.of(text("x")));
        Mono<ByteBuffer> get = store().get(key);

        assertThat(exists(key)).isFalse();
        put.block(PATIENCE);
        assertThat(get.block(PATIENCE)).isEqualTo(text("x"));
        assertThat(get.block(PATIENCE)).isEqualTo(text("x"));
    }

    @Test
    void repeats_a_put_that_is_subscribed_to_again() {
        ObjectKey key = pack();
        Mono<Void> put = store().put(key, List.of(text("x")));

        put.then(store().delete(key)).then(put).block(PATIENCE);

        assertThat(get(key)).isEqualTo(text("x"));
    }

    @Test
    void a_reader_cannot_change_what_is_stored() {
        ObjectKey key = pack();
        put(key, text("x"));

        ByteBuffer read = get(key);
        if (!read.isReadOnly()) {
            read.put(0, (byte) 'y');
        }

        assertThat(get(key)).isEqualTo(text("x"));
    }

    @Test
    void lists_the_keys_below_a_prefix_and_no_others() {
        List<ObjectKey> pages =
                List.of(ObjectKey.page(folder, page("1")), ObjectKey.page(folder, page("2")));
        ObjectKey other = pack();
        ObjectKey neighbour = new ObjectKey("f/" + folder + "-more/pages/00/x");
        pages.forEach(key -> put(key, text("x")));
        put(other, text("x"));
        put(neighbour, text("x"));

        assertThat(list("f/" + folder + "/pages/")).containsExactlyInAnyOrderElementsOf(pages);
        assertThat(list("f/" + folder + "/")).hasSize(3).contains(other);
        assertThat(list("f/" + folder + "/nothing/")).isEmpty();
    }

    @Test
    void a_reader_sees_all_of_an_object_or_none_of_it_while_it_is_replaced() {
        ObjectKey key = ObjectKey.locations(folder, page("raced"));
        ByteBuffer ones = filled(300_000, (byte) 1);
        ByteBuffer twos = filled(200_000, (byte) 2);
        put(key, ones);

        Flux<Void> writes =
                Flux.range(0, 20)
                        .concatMap(i -> store().put(key, List.of(i % 2 == 0 ? twos : ones)));
        Flux<ByteBuffer> reads = Flux.range(0, 40).flatMapSequential(_ -> store().get(key), 4);
        List<ByteBuffer> seen = all(reads.mergeWith(writes.thenMany(Flux.empty())));

        assertThat(seen).hasSize(40).allSatisfy(read -> assertThat(read).isIn(ones, twos));
    }

    @Test
    void takes_many_puts_at_once() {
        List<ObjectKey> keys = Stream.generate(this::pack).limit(200).toList();

        Flux.fromIterable(keys)
                .flatMap(key -> store().put(key, List.of(text(key.value()))), 32)
                .then()
                .block(PATIENCE);

        List<ByteBuffer> read = all(Flux.fromIterable(keys).flatMapSequential(store()::get, 32));
        assertThat(read).isEqualTo(keys.stream().map(key -> text(key.value())).toList());
        assertThat(list("f/" + folder + "/packs/")).containsExactlyInAnyOrderElementsOf(keys);
    }

    private ObjectKey pack() {
        return ObjectKey.pack(folder, UUID.randomUUID());
    }

    private static PageHash page(String text) {
        return Sha256.page(text.getBytes(StandardCharsets.UTF_8));
    }

    private void put(ObjectKey key, ByteBuffer... pieces) {
        StepVerifier.create(store().put(key, List.of(pieces))).expectComplete().verify(PATIENCE);
    }

    private ByteBuffer get(ObjectKey key) {
        return store().get(key).blockOptional(PATIENCE).orElseThrow();
    }

    private ByteBuffer range(ObjectKey key, long offset, int length) {
        return store().getRange(key, offset, length).blockOptional(PATIENCE).orElseThrow();
    }

    private boolean exists(ObjectKey key) {
        return store().exists(key).blockOptional(PATIENCE).orElseThrow();
    }

    private List<ObjectKey> list(String prefix) {
        return all(store().list(prefix));
    }

    private static <T> List<T> all(Flux<T> items) {
        return items.collectList().blockOptional(PATIENCE).orElseThrow();
    }

    private static void fails(Mono<?> call, ErrorCode code) {
        StepVerifier.create(call)
                .expectErrorSatisfies(failure ->
                        assertThat(failure)
                                .isInstanceOfSatisfying(
                                        SyncException.class,
                                        expected -> assertThat(expected.code()).isEqualTo(code)))
                .verify(PATIENCE);
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private static ByteBuffer filled(int length, byte with) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, with);
        return ByteBuffer.wrap(bytes);
    }
}
