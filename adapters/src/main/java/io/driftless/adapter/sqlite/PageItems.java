package io.driftless.adapter.sqlite;

import io.driftless.block.PageHash;
import io.driftless.manifest.EntryCodec;
import io.driftless.manifest.Page;
import io.driftless.manifest.Page.Child;
import io.driftless.manifest.PageCodec;
import io.driftless.manifest.PageRule;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows that pages of one level are made of, read one after the other, and the page that is
 * being filled with them: desired rows for leaves, rows of the pages one level below for branches.
 */
final class PageItems implements AutoCloseable {
    private final int level;
    private final ResultSet row;
    private final List<Entry> leaf = new ArrayList<>();
    private final List<Child> branch = new ArrayList<>();
    private EntryPath last = EntryPath.ROOT;
    private long entries;
    private long bytes;

    /**
     * @param row at level 0 path key and entry; above it last key, hash, entries and bytes
     */
    PageItems(int level, ResultSet row) {
        this.level = level;
        this.row = row;
    }

    /** A page with what its parent says of it. */
    record Filled(Page page, Child child) {}

    /** Puts the next item into the page; false at the end. */
    boolean take() throws SQLException {
        if (!row.next()) {
            return false;
        }
        if (level == 0) {
            take(EntryCodec.decodeEntry(row.getBytes(2)));
        } else {
            take(
                    new Child(
                            Encoding.path(row, 1),
                            PageHash.ofBytes(row.getBytes(2)),
                            row.getLong(3),
                            row.getLong(4)));
        }
        return true;
    }

    private void take(Entry entry) {
        leaf.add(entry);
        last = entry.path();
        entries++;
        bytes += entry instanceof Entry.FileEntry file ? file.content().sizeBytes() : 0;
    }

    private void take(Child child) {
        branch.add(child);
        last = child.last();
        entries += child.entries();
        bytes += child.bytes();
    }

    boolean isEmpty() {
        return leaf.isEmpty() && branch.isEmpty();
    }

    /** True where the page ends with the item that was taken last. */
    boolean isFull() {
        return leaf.size() + branch.size() == Page.MAX_ITEMS
                || PageRule.endsPage(PageRule.digestOf(last), level);
    }

    EntryPath last() {
        return last;
    }

    /** The page as it is; the next item begins another one. */
    Filled finish() {
        Page page = level == 0 ? new Page.Leaf(leaf) : new Page.Branch(level, branch);
        Filled filled = new Filled(page, new Child(last, PageCodec.name(page), entries, bytes));
        leaf.clear();
        branch.clear();
        entries = 0;
        bytes = 0;
        return filled;
    }

    @Override
    public void close() throws SQLException {
        row.close();
    }
}
