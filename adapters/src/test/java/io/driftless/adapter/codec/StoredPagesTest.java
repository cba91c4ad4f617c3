package io.driftless.adapter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driftless.adapter.memory.MemoryBlockStore;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.ChangeList;
import io.driftless.manifest.ChangeListCodec;
import io.driftless.manifest.Page;
import io.driftless.manifest.PageCodec;
import io.driftless.path.EntryPath;
import io.driftless.port.ObjectKey;
import io.driftless.tree.Entry;
import io.driftless.tree.FolderId;
import io.driftless.tree.Metadata;
import io.driftless.tree.Timestamp;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class StoredPagesTest {
    private static final FolderId FOLDER = SampleEvents.FOLDER;

    private final MemoryBlockStore store = new MemoryBlockStore();
    private final StoredPages pages = open(StoredPages.Limits.DEFAULT);

    @Test
    void gives_pages_back_from_the_store() {
        Map<PageHash, Page> added = pagesOf(100);
        pages.put(added).block();

        Map<PageHash, Page> found = open(StoredPages.Limits.DEFAULT).pages(added.keySet()).block();

        assertThat(found).isEqualTo(added);
    }

    @Test
    void keeps_pages_read_of_late_in_memory() {
        Map<PageHash, Page> added = pagesOf(3);
        pages.put(added).block();

        deleteAll(added);

        assertThat(pages.pages(added.keySet()).block()).isEqualTo(added);
    }

    @Test
    void keeps_no_more_in_memory_than_its_limit() {
        Map<PageHash, Page> added = pagesOf(3);
        long size = added.values().stream().mapToLong(page -> PageCodec.encode(page).length).sum();
        StoredPages small = open(new StoredPages.Limits(size - 1, 4));
        small.put(added).block();

        deleteAll(added);

        long kept = added.keySet().stream().filter(name -> isThere(small, name)).count();
        assertThat(kept).isEqualTo(2);
    }

    @Test
    void says_that_a_page_is_missing() {
        PageHash absent = Sha256.page(new byte[] {1});

        failsWith(ErrorCode.STORE_OBJECT_MISSING, () -> pages.pages(Set.of(absent)).block());
    }

    @Test
    void refuses_to_store_a_page_under_another_name() {
        Page page = pagesOf(1).values().iterator().next();
        PageHash other = Sha256.page(new byte[] {1});

        failsWith(ErrorCode.INVARIANT_BROKEN, () -> pages.put(Map.of(other, page)).block());
    }

    @Test
    void finds_every_changed_byte_of_a_page() {
        Map<PageHash, Page> added = pagesOf(1);
        pages.put(added).block();
        ObjectKey key = ObjectKey.page(FOLDER, added.keySet().iterator().next());
        byte[] object = store.get(key).block().array();

        for (int at = 0; at < object.length; at++) {
            byte[] changed = object.clone();
            changed[at] ^= 1;
            store.put(key, List.of(ByteBuffer.wrap(changed))).block();
            isDamaged(open(StoredPages.Limits.DEFAULT).pages(added.keySet()));
        }
    }

    @Test
    void calls_a_page_of_any_other_bytes_damaged() {
        PageHash name = Sha256.page(new byte[] {1});
        Random random = new Random(7);

        for (int length = 0; length < 64; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            store.put(ObjectKey.page(FOLDER, name), List.of(ByteBuffer.wrap(bytes))).block();
            isDamaged(pages.pages(Set.of(name)));
        }
    }

    @Test
    void does_not_believe_an_object_that_claims_to_be_huge() {
        PageHash name = Sha256.page(new byte[] {1});
        ByteBuffer huge = ByteBuffer.allocate(20).put((byte) 1).putInt(Integer.MAX_VALUE).rewind();
        store.put(ObjectKey.page(FOLDER, name), List.of(huge)).block();

        isDamaged(pages.pages(Set.of(name)));
    }

    @Test
    void gives_locations_back_as_last_written() {
        PageHash page = Sha256.page(new byte[] {1});
        pages.putLocations(Map.of(page, locations(1))).block();
        StoredPages other = open(StoredPages.Limits.DEFAULT);
        assertThat(other.locations(page).block()).isEqualTo(locations(1));

        pages.putLocations(Map.of(page, locations(2))).block();

        assertThat(pages.locations(page).block()).isEqualTo(locations(2));
        assertThat(other.locations(page).block()).isEqualTo(locations(1));
        assertThat(other.freshLocations(page).block()).isEqualTo(locations(2));
        assertThat(other.locations(page).block()).isEqualTo(locations(2));
    }

    @Test
    void gives_change_lists_back_by_their_name() {
        ChangeList list =
                new ChangeList(List.of(new Change.Remove(EntryPath.parse("a"))), List.of());

        PageHash name = pages.putChanges(ChangeListCodec.encode(list)).block();

        assertThat(pages.changes(name).block()).isEqualTo(list);
    }

    @Test
    void calls_a_change_list_of_another_name_damaged() {
        PageHash name =
                pages.putChanges(ChangeListCodec.encode(new ChangeList(List.of(), List.of())))
                        .block();
        PageHash other = Sha256.page(new byte[] {1});
        ByteBuffer object = store.get(ObjectKey.changes(FOLDER, name)).block();
        store.put(ObjectKey.changes(FOLDER, other), List.of(object)).block();

        isDamaged(pages.changes(other));
    }

    private StoredPages open(StoredPages.Limits limits) {
        return new StoredPages(store, new ZstdBlockCodec(), FOLDER, limits);
    }

    private void deleteAll(Map<PageHash, Page> added) {
        added.keySet().forEach(name -> store.delete(ObjectKey.page(FOLDER, name)).block());
    }

    private static boolean isThere(StoredPages from, PageHash name) {
        return from.pages(Set.of(name)).map(_ -> true).onErrorReturn(false).block();
    }

    private static void isDamaged(Mono<?> read) {
        failsWith(ErrorCode.STORE_OBJECT_DAMAGED, read::block);
    }

    private static void failsWith(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SyncException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static Map<PageHash, Page> pagesOf(int count) {
        Map<PageHash, Page> pages = new HashMap<>();
        IntStream.range(0, count)
                .mapToObj(StoredPagesTest::leaf)
                .forEach(it -> pages.put(PageCodec.name(it), it));
        return pages;
    }

    private static Page leaf(int number) {
        Metadata metadata = new Metadata(0755, 1, 2, new Timestamp(number, 3));
        EntryPath path = EntryPath.parse("directory-" + (1000 + number));
        return new Page.Leaf(List.of(new Entry.DirectoryEntry(path, metadata)));
    }

    private static List<BlockLocation> locations(int pack) {
        BlockRef block = new BlockRef(Sha256.block(new byte[] {1}), 1);
        return List.of(new BlockLocation(block, new UUID(0, pack), 5, 1, BlockLocation.Codec.RAW));
    }
}
