package io.driftless.port;

import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.FolderId;
import java.util.UUID;

/**
 * The name of an object in the store. No key is a prefix directory of another object's key, so that
 * a directory can serve as a store.
 */
public record ObjectKey(String value) {
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

    private static ObjectKey hashed(FolderId folder, String kind, PageHash name) {
        String hex = name.toString();
        return new ObjectKey("f/" + folder + "/" + kind + "/" + hex.substring(2, 4) + "/" + hex);
    }

    @Override
    public String toString() {
        return value;
    }
}
