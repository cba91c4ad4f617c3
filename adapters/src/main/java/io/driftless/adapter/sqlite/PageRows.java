package io.driftless.adapter.sqlite;

import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.manifest.Page;
import io.driftless.manifest.PageCodec;
import io.driftless.path.EntryPath;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pages above the desired rows: where each ends and what it is called. Their items are read
 * when asked for.
 */
final class PageRows {
    private static final PageHash EMPTY = PageCodec.name(new Page.Leaf(List.of()));

    private final StateFile file;
    private final PreparedStatement entriesFrom;
    private final PreparedStatement pagesFrom;
    private final PreparedStatement byHash;
    private final PreparedStatement before;
    private final PreparedStatement leafOf;

    PageRows(StateFile file) throws SQLException {
        this.file = file;
        entriesFrom =
                file.prepare(
                        "select path_key, entry from desired where path_key >= ? order by path_key");
        pagesFrom =
                file.prepare(
                        "select last_key, hash, entries, bytes from page where level = ? and last_key >= ? order by last_key");
        byHash = file.prepare("select level, last_key from page where hash = ?");
        before = file.prepare("select max(last_key) from page where level = ? and last_key < ?");
        leafOf =
                file.prepare(
                        """
                        select hash from page where level = 0 and last_key >= ?1
                            and exists (select 1 from desired where path_key = ?1)
                        order by last_key limit 1\
                        """);
    }

    /**
     * The items of pages of this level, from the key on. At most one of a level is open at a time.
     */
    PageItems items(int level, byte[] from) throws SQLException {
        if (level == 0) {
            entriesFrom.setBytes(1, from);
            return new PageItems(level, entriesFrom.executeQuery());
        }
        pagesFrom.setInt(1, level - 1);
        pagesFrom.setBytes(2, from);
        return new PageItems(level, pagesFrom.executeQuery());
    }

    /** Where the page of this level begins that ends with this key. */
    byte[] firstKey(int level, byte[] lastKey) throws SQLException {
        before.setInt(1, level);
        before.setBytes(2, lastKey);
        try (ResultSet row = before.executeQuery()) {
            byte @Nullable [] previous = row.next() ? row.getBytes(1) : null;
            return previous == null ? new byte[0] : Encoding.after(previous);
        }
    }

    Map<PageHash, Page> pages(Set<PageHash> names) throws SQLException {
        Map<PageHash, Page> pages = new HashMap<>();
        for (PageHash name : names) {
            pages.put(name, page(name));
        }
        return pages;
    }

    private Page page(PageHash name) throws SQLException {
        int level;
        byte[] lastKey;
        byHash.setBytes(1, name.toBytes());
        try (ResultSet row = byHash.executeQuery()) {
            if (!row.next()) {
                return emptyPage(name);
            }
            level = row.getInt(1);
            lastKey = row.getBytes(2);
        }
        EntryPath last = EntryPath.ofKey(lastKey);
        try (PageItems items = items(level, firstKey(level, lastKey))) {
            while (items.take()) {
                if (items.last().equals(last)) {
                    return checked(name, items.finish().page());
                }
            }
        }
        throw file.damaged("page " + name + " does not end where it should");
    }

    private Page checked(PageHash name, Page page) {
        if (!PageCodec.name(page).equals(name)) {
            throw file.damaged("the rows below page " + name + " are not its own");
        }
        return page;
    }

    private static Page emptyPage(PageHash name) {
        if (name.equals(EMPTY)) {
            return new Page.Leaf(List.of());
        }
        throw new SyncException(
                ErrorCode.STORE_OBJECT_MISSING,
                "No page " + name + " is above the desired entries.");
    }

    Map<EntryPath, PageHash> leavesOf(Collection<EntryPath> paths) throws SQLException {
        Map<EntryPath, PageHash> leaves = new HashMap<>();
        for (EntryPath path : paths) {
            leafOf.setBytes(1, path.key());
            try (ResultSet row = leafOf.executeQuery()) {
                if (row.next()) {
                    leaves.put(path, PageHash.ofBytes(row.getBytes(1)));
                }
            }
        }
        return leaves;
    }
}
