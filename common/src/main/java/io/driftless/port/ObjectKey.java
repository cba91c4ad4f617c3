package io.driftless.port;

import io.driftless.block.BlockHash;
import io.driftless.block.Hash;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.FolderId;
import java.util.Optional;
import java.util.UUID;

/**
 * The name of an object in the store. No key is a prefix directory of another object's key, so that
 * a directory can serve as a store.
 */
public record ObjectKey(String value) {
    private static final String RETURNED = "returned";

    public ObjectKey {
        if (!value.matches("[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*")
                || value.length() > 512) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN, "Object key " + value + " is not one of ours.");
        }
    }

    public static ObjectKey pack(FolderId folder, UUID id) {
        return new ObjectKey("f/" + folder + "/packs/" + id.toString().substring(0, 2) + "/" + id);
    }

    public static ObjectKey page(FolderId folder, PageHash page) {
        return hashed(folder, "pages", page);
    }

    public static ObjectKey locations(FolderId folder, PageHash page) {
        return hashed(folder, "locations", page);
    }

    public static ObjectKey changes(FolderId folder, PageHash name) {
        return hashed(folder, "changes", name);
    }

    public static ObjectKey commit(FolderId folder, UUID incarnation, long seq) {
        return new ObjectKey("f/%s/commits/%s/%019d".formatted(folder, incarnation, seq));
    }

    /** A block that a target gives back because the store lost it: its plain bytes. */
    public static ObjectKey returned(FolderId folder, BlockHash block) {
        return hashed(folder, RETURNED, block);
    }

    /** What the keys of all returned blocks begin with. */
    public static String returned(FolderId folder) {
        return "f/" + folder + "/" + RETURNED + "/";
    }

    /** The block that is returned under this key; empty for any other key. */
    public Optional<BlockHash> returnedBlock(FolderId folder) {
        String name = value.substring(value.lastIndexOf('/') + 1);
        if (!name.matches("01[0-9a-f]{64}")) {
            return Optional.empty();
        }
        BlockHash block = BlockHash.parse(name);
        return Optional.of(block).filter(_ -> returned(folder, block).equals(this));
    }

    /** True in the area where targets write. */
    public boolean isReturned() {
        return value.matches("f/[^/]+/" + RETURNED + "/.*");
    }

    private static ObjectKey hashed(FolderId folder, String kind, Hash name) {
        String hex = name.toString();
        return new ObjectKey("f/" + folder + "/" + kind + "/" + hex.substring(2, 4) + "/" + hex);
    }

    @Override
    public String toString() {
        return value;
    }
}
