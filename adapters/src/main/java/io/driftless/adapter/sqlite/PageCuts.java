package io.driftless.adapter.sqlite;

import io.driftless.block.PageHash;
import io.driftless.manifest.Page;
import io.driftless.manifest.Page.Child;
import io.driftless.manifest.PageCodec;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the pages above changed rows again, level by level, and so finds the root. Of a level only
 * the pages are read that hold a touched key, and those after it until a cut falls where one was
 * before: from there on nothing can be different, because where a page ends depends on its own
 * items alone. One page at a time is in memory.
 *
 * <p>The rows are the truth here, so the root is that of the rows, whatever was said about the
 * changes.
 */
final class PageCuts {
    private final StateFile file;
    private final PageRows pages;
    private final PreparedStatement touch;
    private final PreparedStatement touchBetween;
    private final PreparedStatement nextTouched;
    private final PreparedStatement holding;
    private final PreparedStatement lastOfLevel;
    private final PreparedStatement hashAt;
    private final PreparedStatement put;
    private final PreparedStatement removeBetween;
    private final PreparedStatement topTwo;
    private final PreparedStatement removeAbove;

    PageCuts(StateFile file, PageRows pages) throws SQLException {
        this.file = file;
        this.pages = pages;
        touch = file.prepare("insert or ignore into touched (level, last_key) values (?, ?)");
        touchBetween =
                file.prepare(
                        """
                        insert or ignore into touched (level, last_key)
                        select level + 1, last_key from page where level = ? and last_key >= ? and last_key < ?\
                        """);
        nextTouched =
                file.prepare("select min(last_key) from touched where level = ? and last_key >= ?");
        holding = file.prepare("select min(last_key) from page where level = ? and last_key >= ?");
        lastOfLevel = file.prepare("select max(last_key) from page where level = ?");
        hashAt = file.prepare("select hash from page where level = ? and last_key = ?");
        put =
                file.prepare(
                        "insert or replace into page (level, last_key, hash, entries, bytes) values (?, ?, ?, ?, ?)");
        removeBetween =
                file.prepare("delete from page where level = ? and last_key >= ? and last_key < ?");
        topTwo = file.prepare("select hash from page where level = ? limit 2");
        removeAbove = file.prepare("delete from page where level > ?");
    }

    /** The root after the rows in {@code changed} were changed. Inside a transaction. */
    PageHash cut() throws SQLException {
        file.execute("insert into touched (level, last_key) select 0, path_key from changed");
        for (int level = 0; ; level++) {
            cutLevel(level);
            List<PageHash> top = topOf(level);
            if (top.size() < 2) {
                removeAbove.setInt(1, level);
                removeAbove.executeUpdate();
                file.execute("delete from touched");
                return top.isEmpty() ? PageCodec.name(new Page.Leaf(List.of())) : top.getFirst();
            }
        }
    }

    private void cutLevel(int level) throws SQLException {
        byte @Nullable [] touched = key(nextTouched, level, new byte[0]);
        while (touched != null) {
            byte @Nullable [] end = cutFrom(level, touched);
            touched = end == null ? null : key(nextTouched, level, Encoding.after(end));
        }
    }

    /**
     * Cuts from the page on that holds the key. Gives back the last key cut, or null at the end of
     * the level.
     */
    private byte @Nullable [] cutFrom(int level, byte[] touched) throws SQLException {
        byte[] from = beginning(level, touched);
        try (PageItems items = pages.items(level, from)) {
            while (items.take()) {
                if (!items.isFull()) {
                    continue;
                }
                byte[] last = items.last().key();
                boolean wasCut = replace(level, from, items.finish().child());
                if (wasCut && Arrays.compareUnsigned(last, touched) >= 0) {
                    return last;
                }
                from = Encoding.after(last);
            }
            if (!items.isEmpty()) {
                byte[] last = items.last().key();
                replace(level, from, items.finish().child());
                from = Encoding.after(last);
            }
        }
        removeFrom(level, from);
        return null;
    }

    /**
     * A key after all pages may belong to the last one, which ended because there was nothing more.
     */
    private byte[] beginning(int level, byte[] touched) throws SQLException {
        byte @Nullable [] page = key(holding, level, touched);
        if (page == null) {
            page = lastKey(level);
        }
        return page == null ? new byte[0] : pages.firstKey(level, page);
    }

    /**
     * Puts the page in place of those that began in its range. True where one of them ended with
     * the same key.
     */
    private boolean replace(int level, byte[] from, Child page) throws SQLException {
        byte[] last = page.last().key();
        removeBetween(level, from, last);
        byte @Nullable [] hash = hashAt(level, last);
        byte[] next = page.page().toBytes();
        if (!Arrays.equals(hash, next)) {
            put.setInt(1, level);
            put.setBytes(2, last);
            put.setBytes(3, next);
            put.setLong(4, page.entries());
            put.setLong(5, page.bytes());
            put.executeUpdate();
            touch.setInt(1, level + 1);
            touch.setBytes(2, last);
            touch.executeUpdate();
        }
        return hash != null;
    }

    private void removeFrom(int level, byte[] from) throws SQLException {
        byte @Nullable [] last = lastKey(level);
        if (last != null) {
            removeBetween(level, from, Encoding.after(last));
        }
    }

    private void removeBetween(int level, byte[] from, byte[] to) throws SQLException {
        for (PreparedStatement statement : List.of(touchBetween, removeBetween)) {
            statement.setInt(1, level);
            statement.setBytes(2, from);
            statement.setBytes(3, to);
            statement.executeUpdate();
        }
    }

    private List<PageHash> topOf(int level) throws SQLException {
        topTwo.setInt(1, level);
        try (ResultSet row = topTwo.executeQuery()) {
            if (!row.next()) {
                return List.of();
            }
            PageHash first = PageHash.ofBytes(row.getBytes(1));
            return row.next() ? List.of(first, PageHash.ofBytes(row.getBytes(1))) : List.of(first);
        }
    }

    private byte @Nullable [] hashAt(int level, byte[] last) throws SQLException {
        return key(hashAt, level, last);
    }

    private byte @Nullable [] lastKey(int level) throws SQLException {
        lastOfLevel.setInt(1, level);
        return bytes(lastOfLevel);
    }

    private static byte @Nullable [] key(PreparedStatement query, int level, byte[] key)
            throws SQLException {
        query.setInt(1, level);
        query.setBytes(2, key);
        return bytes(query);
    }

    private static byte @Nullable [] bytes(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            return row.next() ? row.getBytes(1) : null;
        }
    }
}
