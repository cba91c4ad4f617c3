package io.driftless.testkit.simulation;

import io.driftless.adapter.codec.StoredPages;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.manifest.Page;
import io.driftless.port.BlockCodec;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.driftless.port.PageStore;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads everything that a commit needs back from the store, as an agent without files would, and
 * looks for what is there besides.
 */
final class StoreAudit {
    private final FolderId folder;
    private final BlockStore store;
    private final BlockCodec codec = new ZstdBlockCodec();
    private final PageStore pages;
    private final Set<ObjectKey> needed = new HashSet<>();

    StoreAudit(FolderId folder, BlockStore store) {
        this.folder = folder;
        this.store = store;
        this.pages = new StoredPages(store, codec, folder, StoredPages.Limits.NO_CACHE);
    }

    /** What was looked for until now. */
    Set<ObjectKey> needed() {
        return Set.copyOf(needed);
    }

    /** What the commit needs and the store does not give. */
    List<String> missing(Commit commit) {
        List<String> missing = new ArrayList<>();
        look(commit.root(), missing);
        return missing;
    }

    /** What the store holds that the commit does not need. */
    List<String> garbage(Commit commit) {
        needed.add(ObjectKey.commit(folder, commit.incarnation(), commit.seq()));
        missing(commit);
        List<String> problems = new ArrayList<>();
        Objects.requireNonNull(store.list("f/" + folder + "/").collectList().block()).stream()
                .filter(key -> !needed.contains(key) && !key.value().contains("/changes/"))
                .forEach(key -> problems.add(key + " is garbage"));
        return problems;
    }

    private void look(PageHash name, List<String> missing) {
        needed.add(ObjectKey.page(folder, name));
        try {
            Map<PageHash, Page> found = pages.pages(Set.of(name)).block();
            Page page = Objects.requireNonNull(Objects.requireNonNull(found).get(name));
            if (!page.blocks().isEmpty()) {
                lookAtBlocks(name, page.blocks());
            }
            if (page instanceof Page.Branch(var _, var children)) {
                children.forEach(child -> look(child.page(), missing));
            }
        } catch (SyncException failure) {
            missing.add("page " + name + ": " + failure.getMessage());
        }
    }

    private void lookAtBlocks(PageHash page, List<BlockRef> blocks) {
        needed.add(ObjectKey.locations(folder, page));
        Map<BlockHash, BlockLocation> places =
                Objects.requireNonNull(pages.freshLocations(page).block()).stream()
                        .collect(Collectors.toMap(BlockLocation::hash, place -> place));
        for (BlockRef block : blocks) {
            BlockLocation place =
                    Optional.ofNullable(places.get(block.hash()))
                            .orElseThrow(() ->
                                    new SyncException(
                                            ErrorCode.BLOCK_MISSING,
                                            "Block " + block.hash() + " has no location."));
            needed.add(ObjectKey.pack(folder, place.pack()));
            ByteBuffer stored =
                    store.getRange(
                                    ObjectKey.pack(folder, place.pack()),
                                    place.offsetBytes(),
                                    place.storedBytes())
                            .block();
            ByteBuffer plain =
                    codec.decode(
                            place.codec(), Objects.requireNonNull(stored), block.lengthBytes());
            if (!Sha256.block(plain).equals(block.hash())) {
                throw new SyncException(
                        ErrorCode.BLOCK_MISMATCH, "Block " + block + " is not what it should be.");
            }
        }
    }
}
