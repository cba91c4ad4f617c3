package io.driftless.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.block.Content.Blocks;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.BlockLists.Built;
import io.driftless.manifest.Page.BlockLeaf;
import io.driftless.testing.MapPageSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

class BlockListsTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 32, 33, 127, 512, 513, 20_000})
    void what_is_built_reads_back(int count) {
        List<BlockRef> blocks = blocks(count);

        Built built = BlockLists.build(blocks);

        assertThat(built.content().blocks().count()).isEqualTo(count);
        assertThat(built.content().sizeBytes()).isEqualTo(count * 7L);
        assertThat(built.pages().isEmpty()).isEqualTo(count <= 32);
        StepVerifier.create(BlockLists.read(source(built), built.content()))
                .expectNext(blocks)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_file_of_one_block_has_its_id_and_an_empty_file_one_of_its_own() {
        BlockRef block = Samples.block("x", 5);

        assertThat(BlockLists.contentOf(List.of(block)).id().toBytes())
                .isEqualTo(block.hash().toBytes());
        assertThat(BlockLists.contentOf(List.of())).isEqualTo(Content.empty());
    }

    @Test
    void a_block_that_repeats_for_ever_is_listed() {
        List<BlockRef> blocks = Collections.nCopies(300_000, Samples.block("zeros", 4 << 20));

        Built built = BlockLists.build(blocks);

        assertThat(built.pages().size()).isLessThan(8);
        StepVerifier.create(BlockLists.read(source(built), built.content()))
                .expectNext(blocks)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_block_put_in_rewrites_one_page_a_level() {
        List<BlockRef> blocks = new ArrayList<>(blocks(20_000));
        Set<?> before = BlockLists.build(blocks).pages().keySet();
        blocks.add(10_000, Samples.block("new", 7));

        Set<?> after = new HashSet<>(BlockLists.build(blocks).pages().keySet());

        after.removeAll(before);
        assertThat(after).hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void pages_end_at_a_block_whose_name_says_so_or_after_512() {
        Built built = BlockLists.build(blocks(20_000));

        List<BlockLeaf> leaves =
                built.pages().values().stream()
                        .filter(BlockLeaf.class::isInstance)
                        .map(BlockLeaf.class::cast)
                        .toList();

        assertThat(leaves.subList(0, leaves.size() - 1))
                .allMatch(leaf -> leaf.blocks().size() == 512 || endsPage(leaf.blocks().getLast()));
        assertThat(leaves)
                .allMatch(leaf ->
                        leaf.blocks().subList(0, leaf.blocks().size() - 1).stream()
                                .noneMatch(BlockListsTest::endsPage));
    }

    @Test
    void a_list_that_is_not_the_contents_is_damaged() {
        Built built = BlockLists.build(blocks(1000));
        Content content = built.content();
        Blocks.Listed listed = (Blocks.Listed) content.blocks();
        ContentId otherId = BlockLists.contentOf(blocks(999)).id();

        damaged(built, new Content(otherId, content.sizeBytes(), listed));
        damaged(built, new Content(content.id(), content.sizeBytes() + 1, listed));
        damaged(
                built,
                new Content(
                        content.id(), content.sizeBytes(), new Blocks.Listed(listed.top(), 999)));
        Manifest manifest = Manifest.of(new TreeMap<>());
        StepVerifier.create(
                        BlockLists.read(
                                manifest.pages(),
                                new Content(
                                        content.id(),
                                        7000,
                                        new Blocks.Listed(manifest.root(), 1000))))
                .expectErrorMatches(BlockListsTest::isDamaged)
                .verify(LIMIT);
    }

    private static void damaged(Built built, Content content) {
        StepVerifier.create(BlockLists.read(source(built), content))
                .expectErrorMatches(BlockListsTest::isDamaged)
                .verify(LIMIT);
    }

    private static boolean isDamaged(Throwable e) {
        return e instanceof SyncException failure
                && failure.code() == ErrorCode.STORE_OBJECT_DAMAGED;
    }

    private static boolean endsPage(BlockRef block) {
        return (block.hash().toBytes()[32] & 0x7f) == 0;
    }

    private static MapPageSource source(Built built) {
        MapPageSource source = new MapPageSource();
        source.putAll(built.pages());
        return source;
    }

    private static List<BlockRef> blocks(int count) {
        List<BlockRef> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(Samples.block("block " + i, 7));
        }
        return blocks;
    }
}
