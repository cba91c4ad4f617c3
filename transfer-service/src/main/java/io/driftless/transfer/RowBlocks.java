package io.driftless.transfer;

import io.driftless.port.FolderIndex.Row;
import io.driftless.tree.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** How many blocks rows have, which is known before any list of them is read. */
final class RowBlocks {
    private RowBlocks() {}

    static long count(Row row) {
        return row.entry().stream()
                .filter(Entry.FileEntry.class::isInstance)
                .mapToLong(entry -> ((Entry.FileEntry) entry).content().blocks().count())
                .sum();
    }

    static long count(Collection<Row> rows) {
        return rows.stream().mapToLong(RowBlocks::count).sum();
    }

    /** The first of the rows, as many as have no more blocks than {@code room}. */
    static List<Row> first(List<Row> rows, long room) {
        long blocks = 0;
        for (int i = 0; i < rows.size(); i++) {
            blocks += count(rows.get(i));
            if (blocks > room) {
                return rows.subList(0, i);
            }
        }
        return rows;
    }

    /** Pieces in the given order, none of more than {@code max} blocks unless it is one row. */
    static List<List<Row>> split(List<Row> rows, long max) {
        List<List<Row>> pieces = new ArrayList<>();
        List<Row> rest = rows;
        while (!rest.isEmpty()) {
            List<Row> fitting = first(rest, max);
            List<Row> piece = fitting.isEmpty() ? rest.subList(0, 1) : fitting;
            pieces.add(piece);
            rest = rest.subList(piece.size(), rest.size());
        }
        return pieces;
    }
}
