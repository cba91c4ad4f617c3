package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driftless.adapter.memory.PackState;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockLocation.Codec;
import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.port.PackIndex;
import io.driftless.tree.FolderId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** What every {@link PackIndex} promises. */
public abstract class PackIndexContract extends IndexRules {
    private final UUID pack = UUID.randomUUID();

    @Test
    void locates_the_blocks_of_a_finished_pack() {
        does(packs().beginPacks(folder, List.of(pack)));
        assertThat(locate("a", "b")).isEmpty();

        does(packs().finishPack(folder, pack, 300, List.of(in(pack, "a"), in(pack, "b"))));

        assertThat(locate("a", "b", "c")).containsExactlyInAnyOrder(in(pack, "a"), in(pack, "b"));
        assertThat(locate()).isEmpty();
    }

    @Test
    void locates_nothing_in_another_folder() {
        store(pack, "a");
        FolderId other = new FolderId("f-" + UUID.randomUUID());
        get(rows().open(other, UUID.randomUUID()));

        assertThat(get(packs().locate(other, Set.of(block("a").hash())))).isEmpty();
    }

    @Test
    void keeps_a_block_in_the_first_pack_that_holds_it() {
        store(pack, "a");

        store(UUID.randomUUID(), "a", "b");

        assertThat(locate("a")).containsExactly(in(pack, "a"));
        assertThat(locate("b")).hasSize(1);
    }

    @Test
    void gives_a_block_another_place_when_its_pack_is_gone() {
        store(pack, "a");
        fixture().setPackState(folder, pack, PackState.GONE);
        assertThat(locate("a")).isEmpty();

        UUID next = UUID.randomUUID();
        store(next, "a");

        assertThat(locate("a")).containsExactly(in(next, "a"));
    }

    @Test
    void still_locates_the_blocks_of_a_dying_pack() {
        store(pack, "a");

        fixture().setPackState(folder, pack, PackState.DYING);

        assertThat(locate("a")).containsExactly(in(pack, "a"));
    }

    @Test
    void may_be_told_twice_that_a_pack_begins_and_is_finished() {
        does(packs().beginPacks(folder, List.of(pack)));
        does(packs().beginPacks(folder, List.of(pack, UUID.randomUUID())));
        does(packs().finishPack(folder, pack, 300, List.of(in(pack, "a"))));

        does(packs().beginPacks(folder, List.of(pack)));
        does(packs().finishPack(folder, pack, 300, List.of(in(pack, "a"))));

        assertThat(locate("a")).containsExactly(in(pack, "a"));
    }

    @Test
    void refuses_to_finish_a_pack_that_never_began_or_was_given_up() {
        List<BlockLocation> blocks = List.of(in(pack, "a"));
        Failures.assertFails(
                packs().finishPack(folder, pack, 300, blocks), ErrorCode.STORE_OBJECT_MISSING);

        does(packs().beginPacks(folder, List.of(pack)));
        fixture().setPackState(folder, pack, PackState.GONE);
        Failures.assertFails(
                packs().finishPack(folder, pack, 300, blocks), ErrorCode.STORE_OBJECT_MISSING);
        assertThat(locate("a")).isEmpty();
    }

    @Test
    void finishes_packs_of_no_block_and_of_very_many_with_repeats() {
        store(UUID.randomUUID());
        List<BlockLocation> many =
                IntStream.range(0, 5_000).mapToObj(i -> in(pack, "block " + i % 4_500)).toList();
        does(packs().beginPacks(folder, List.of(pack)));

        does(packs().finishPack(folder, pack, 1 << 20, many));

        Set<BlockHash> wanted = many.stream().map(BlockLocation::hash).collect(Collectors.toSet());
        Map<BlockHash, BlockLocation> found = get(packs().locate(folder, wanted));
        assertThat(found.keySet()).isEqualTo(wanted);
        assertThat(found.values()).isSubsetOf(many);
    }

    @Test
    void tells_its_listeners_what_was_stored_or_announced() {
        Queue<FolderId> heard = new ConcurrentLinkedQueue<>();
        Disposable listening = packs().stored().subscribe(heard::add);
        try {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        does(packs().announce(folder));
                        return heard.contains(folder);
                    });
            FolderId other = new FolderId("f-" + UUID.randomUUID());
            get(rows().open(other, UUID.randomUUID()));
            does(packs().beginPacks(other, List.of(pack)));

            does(packs().finishPack(other, pack, 300, List.of(in(pack, "a"))));

            await().atMost(Duration.ofSeconds(20)).until(() -> heard.contains(other));
        } finally {
            listening.dispose();
        }
    }

    private void store(UUID id, String... texts) {
        does(packs().beginPacks(folder, List.of(id)));
        List<BlockLocation> blocks = Arrays.stream(texts).map(text -> in(id, text)).toList();
        does(packs().finishPack(folder, id, 300, blocks));
    }

    private List<BlockLocation> locate(String... texts) {
        Set<BlockHash> wanted =
                Arrays.stream(texts).map(text -> block(text).hash()).collect(Collectors.toSet());
        Map<BlockHash, BlockLocation> found = get(packs().locate(folder, wanted));
        found.forEach((hash, location) -> assertThat(location.hash()).isEqualTo(hash));
        return List.copyOf(found.values());
    }

    private static BlockRef block(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new BlockRef(Sha256.block(bytes), bytes.length);
    }

    private static BlockLocation in(UUID pack, String text) {
        int offset = text.hashCode() & 0xFFFFFF;
        return new BlockLocation(block(text), pack, offset, text.length() + 4, Codec.ZSTD);
    }
}
