package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Inode;
import io.driftless.port.FolderIndex.Row;
import io.driftless.tree.Stat;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads the rows of table {@code entry}. */
final class EntryTable {
    private static final String BY_PATH =
            """
            select %s
            from unnest($1::bytea[]) as i (key)
            cross join lateral (
                select * from entry where head(entry.key) = head(i.key) and entry.key = i.key offset 0
            ) e
            """
                    .formatted(RowColumns.SELECTED);

    private static final String IN_RANGE =
            """
            select %s
            from entry e
            where head(e.key) >= head($1) and e.key >= $1 and head(e.key) <= head($2) and e.key < $2
            order by head(e.key), e.key
            limit $3
            """
                    .formatted(RowColumns.SELECTED);

    private static final String CHILDREN =
            """
            select %s
            from entry e
            where level(e.depth, e.key) >= level($4, $1) and e.key >= $1
              and level(e.depth, e.key) <= level($4, $2) and e.key < $2
            order by level(e.depth, e.key), e.key
            limit $3
            """
                    .formatted(RowColumns.SELECTED);

    private static final String BY_INODE =
            """
            select %s
            from unnest($2::bigint[]) as i (inode)
            cross join lateral (
                select * from entry where entry.inode = i.inode and folder_of(entry.key) = $1 offset 0
            ) e
            """
                    .formatted(RowColumns.SELECTED);

    private static final String DIRTY =
            """
            select %s
            from (
                select key from dirty
                where head(key) >= head($1) and key >= $1 and head(key) <= head($2) and key < $2
                order by head(key), key
                limit $3
            ) i
            cross join lateral (
                select * from entry where head(entry.key) = head(i.key) and entry.key = i.key offset 0
            ) e
            order by e.key
            """
                    .formatted(RowColumns.SELECTED);

    private final Database database;
    private final int batchRows;

    EntryTable(Database database, int batchRows) {
        this.database = database;
        this.batchRows = batchRows;
    }

    Mono<List<Row>> ofPaths(FolderKey folder, Collection<EntryPath> paths) {
        return Flux.fromStream(() -> paths.stream().distinct())
                .buffer(batchRows)
                .concatMap(some -> list(Sql.of(BY_PATH, folder.ofPaths(some))))
                .collectList()
                .map(EntryTable::inPathOrder);
    }

    Mono<List<Row>> below(
            FolderKey folder,
            EntryPath directory,
            EntryPath after,
            Optional<EntryPath> through,
            int limit) {
        FolderKey.Range range = folder.below(directory, after, through);
        return list(Sql.of(IN_RANGE, range.from(), range.to(), limit));
    }

    Mono<List<Row>> children(
            FolderKey folder, EntryPath directory, Optional<EntryPath> after, int limit) {
        FolderKey.Range range = folder.below(directory, after);
        short depth = (short) (directory.depth() + 1);
        return list(Sql.of(CHILDREN, range.from(), range.to(), limit, depth));
    }

    Mono<List<Row>> dirty(FolderKey folder, Optional<EntryPath> after, int limit) {
        FolderKey.Range range = folder.after(after);
        return list(Sql.of(DIRTY, range.from(), range.to(), limit));
    }

    /**
     * The table knows inode numbers; which of the few rows found is on which device is seen here.
     */
    Mono<List<Row>> ofInodes(FolderKey folder, Collection<Inode> inodes) {
        Set<Inode> wanted = Set.copyOf(inodes);
        return Flux.fromStream(() -> wanted.stream().map(Inode::number).distinct())
                .buffer(batchRows)
                .concatMap(some -> list(Sql.of(BY_INODE, folder.prefix(), numbers(some))))
                .collectList()
                .map(EntryTable::inPathOrder)
                .map(rows -> rows.stream().filter(row -> isAt(row, wanted)).toList());
    }

    private static ArrayColumn numbers(List<Long> inodes) {
        ArrayColumn numbers = new ArrayColumn(Type.BIGINT);
        inodes.forEach(numbers::add);
        return numbers;
    }

    private static boolean isAt(Row row, Set<Inode> wanted) {
        Stat stat = row.stat().orElseThrow();
        return wanted.contains(new Inode(stat.device(), stat.inode()));
    }

    private Mono<List<Row>> list(Sql sql) {
        return database.list(sql, RowColumns::row);
    }

    private static List<Row> inPathOrder(List<List<Row>> parts) {
        SortedMap<EntryPath, Row> rows = new TreeMap<>();
        parts.forEach(part -> part.forEach(row -> rows.put(row.path(), row)));
        return List.copyOf(rows.values());
    }
}
