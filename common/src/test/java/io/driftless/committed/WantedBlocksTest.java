package io.driftless.committed;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockRef;
import io.driftless.block.Sha256;
import io.driftless.committed.WantedBlocks.Question;
import io.driftless.event.Order;
import io.driftless.testing.Seeds;
import io.driftless.tree.TargetId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WantedBlocksTest {
    private static final Duration CHANCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant ASKED = BEGIN.plus(CHANCE);

    private final WantedBlocks wanted = new WantedBlocks(CHANCE, PATIENCE);

    private static BlockRef block(int number) {
        byte[] bytes = ByteBuffer.allocate(4).putInt(number).array();
        return new BlockRef(Sha256.block(bytes), 4);
    }

    private static List<BlockRef> blocks(int count) {
        return IntStream.range(0, count).mapToObj(WantedBlocksTest::block).toList();
    }

    private static Set<BlockHash> hashes(List<BlockRef> blocks) {
        return blocks.stream().map(BlockRef::hash).collect(Collectors.toSet());
    }

    private static List<TargetId> targets(int count) {
        return IntStream.range(0, count).mapToObj(i -> new TargetId("t" + i)).toList();
    }

    @Test
    void the_source_has_its_chance_before_any_target_is_asked() {
        wanted.found(blocks(1), BEGIN);
        wanted.found(blocks(2), BEGIN.plusSeconds(30));

        assertThat(wanted.ask(targets(2), ASKED.minusMillis(1)).isNone()).isTrue();
        assertThat(wanted.ask(targets(2), ASKED).blocks())
                .containsExactly(block(0).hash(), block(1).hash());
    }

    @Test
    void what_has_a_place_again_is_not_asked_for() {
        wanted.found(blocks(3), BEGIN);
        wanted.placed(Set.of(block(1).hash()), BEGIN.plusSeconds(1));

        assertThat(wanted.ask(targets(1), ASKED).blocks())
                .containsExactly(block(0).hash(), block(2).hash());
        wanted.found(List.of(), ASKED);
        assertThat(wanted.ask(targets(1), ASKED).isNone()).isTrue();
    }

    @Test
    void nobody_is_asked_where_nobody_is_there() {
        wanted.found(blocks(1), BEGIN);

        assertThat(wanted.ask(List.of(), ASKED).isNone()).isTrue();
        assertThat(wanted.ask(targets(1), ASKED).of(targets(1).getFirst())).hasSize(1);
    }

    /** A target would begin anew with each change. */
    @Test
    void a_question_stands_while_some_of_its_blocks_find_their_places() {
        wanted.found(blocks(300), BEGIN);
        Question first = wanted.ask(targets(9), ASKED);
        Instant now = ASKED;
        for (BlockHash block : first.blocks().subList(1, Order.MAX_WANTED)) {
            now = now.plus(PATIENCE.minusSeconds(1));
            wanted.placed(Set.of(block), now);

            Question next = wanted.ask(targets(9), now);
            assertThat(next.blocks()).isEqualTo(first.blocks());
            assertThat(next.targets()).isEqualTo(first.targets());
        }
    }

    @Test
    void who_gave_everything_is_asked_on() {
        wanted.found(blocks(300), BEGIN);
        Question first = wanted.ask(targets(9), ASKED);
        wanted.placed(Set.copyOf(first.blocks()), ASKED);

        Question next = wanted.ask(targets(9), ASKED);

        assertThat(next.targets()).isEqualTo(first.targets());
        assertThat(next.blocks())
                .hasSize(Order.MAX_WANTED)
                .doesNotContainAnyElementsOf(first.blocks());
    }

    @Test
    void those_that_probably_hold_everything_are_asked_first() {
        wanted.found(blocks(1), BEGIN);

        assertThat(wanted.ask(targets(9), ASKED).targets()).isEqualTo(targets(9).subList(0, 3));
    }

    /** Whatever is lost, whoever holds it. */
    @Test
    void every_block_comes_back_that_some_target_holds() {
        Seeds.forEach(random -> {
            WantedBlocks lost = new WantedBlocks(CHANCE, PATIENCE);
            List<BlockRef> blocks = blocks(random.nextInt(500));
            List<TargetId> targets = targets(1 + random.nextInt(8));
            Map<TargetId, Set<BlockHash>> held = held(blocks, targets, random);
            Set<BlockHash> nowhere = new HashSet<>(hashes(blocks));
            held.values().forEach(nowhere::removeAll);
            lost.found(blocks, BEGIN);

            Instant now = ASKED;
            for (int turn = 0; turn < 200; turn++) {
                Question question = lost.ask(targets, now);
                assertThat(question.blocks()).hasSizeLessThanOrEqualTo(Order.MAX_WANTED);
                assertThat(question.targets()).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(3);
                lost.placed(given(question, held), now);
                now = now.plus(PATIENCE);
            }

            assertThat(hashes(blocks).stream().filter(hash -> lost.lost(hash).isPresent()))
                    .containsExactlyInAnyOrderElementsOf(nowhere);
        });
    }

    private static Map<TargetId, Set<BlockHash>> held(
            List<BlockRef> blocks, List<TargetId> targets, Random random) {
        Map<TargetId, Set<BlockHash>> held = new HashMap<>();
        for (BlockRef block : blocks) {
            TargetId holder = targets.get(random.nextInt(targets.size()));
            if (random.nextInt(4) > 0) {
                held.computeIfAbsent(holder, _ -> new HashSet<>()).add(block.hash());
            }
        }
        return held;
    }

    private static Set<BlockHash> given(Question question, Map<TargetId, Set<BlockHash>> held) {
        List<BlockHash> given = new ArrayList<>();
        question.targets()
                .forEach(target ->
                        question.of(target).stream()
                                .filter(held.getOrDefault(target, Set.of())::contains)
                                .forEach(given::add));
        return Set.copyOf(given);
    }
}
