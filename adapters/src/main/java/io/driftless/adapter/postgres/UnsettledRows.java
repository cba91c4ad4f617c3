package io.driftless.adapter.postgres;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.Tally;
import io.driftless.tree.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The few rows of table {@code entry} that are not carried over as they are, and whether a folder
 * is settled.
 */
final class UnsettledRows {
    private static final int MAX_EXAMPLES = 10;
    private static final short LARGE_PENDING = (short) RowColumns.number(ErrorCode.LARGE_PENDING);

    private static final String DUE =
            """
            select %s
            from entry e
            where e.state = 2 and (e.due <= $2 or e.due > $6) and folder_of(e.key) = $1 and (e.code = $3) = $4
            order by e.due, e.key
            limit $5
            """
                    .formatted(RowColumns.SELECTED);

    private static final String TALLY =
            """
            select code, total, key
            from (
                select code, key, count(*) over (partition by code) as total,
                    row_number() over (partition by code order by key) as place
                from entry
                where state in (2, 3) and folder_of(key) = $1
            ) t
            where place <= $2
            order by code, place
            """;

    private static final String HARD_LINKED =
            """
            select count(*) over () as total, key
            from (
                select (array_agg(key order by key))[1] as key
                from entry
                where links is not null and state = 0 and folder_of(key) = $1
                group by inode
                having count(*) > 1
            ) t
            order by key
            limit $2
            """;

    private static final String SETTLED =
            """
            select not exists (select from dirty where since <= $2 and folder_of(key) = $1)
               and not exists (select from entry where state = 2 and folder_of(key) = $1)
            """;

    /** The first full scan that ended is enough. Rows that wait may stay dirty for ever. */
    private static final String SEEN =
            """
            with first as (
                select min(end_version) as through from run where folder = $1 and ended is not null
            )
            select case when first.through is null then false else
                not exists (
                    select from dirty d
                    where since <= first.through and folder_of(key) = $2
                      and not exists (
                        select from entry e where head(e.key) = head(d.key) and e.key = d.key and e.state = 2
                      )
                )
                and not exists (select from entry where state = 2 and code = $3 and folder_of(key) = $2)
            end
            from first
            """;

    private final Database database;

    UnsettledRows(Database database) {
        this.database = database;
    }

    Mono<List<Row>> due(FolderKey folder, boolean isLarge, Instant dueBy, int limit) {
        return database.list(
                Sql.of(
                        DUE,
                        folder.prefix(),
                        dueBy,
                        LARGE_PENDING,
                        isLarge,
                        limit,
                        dueBy.plus(FolderIndex.LONGEST_WAIT)),
                RowColumns::row);
    }

    Mono<Boolean> isSeen(FolderKey folder) {
        return database.list(
                        Sql.of(SEEN, folder.number(), folder.prefix(), LARGE_PENDING),
                        row -> row.is(0))
                .map(List::getFirst);
    }

    Mono<Boolean> isSettled(FolderKey folder, Version through) {
        return database.list(Sql.of(SETTLED, folder.prefix(), through.value()), row -> row.is(0))
                .map(List::getFirst);
    }

    Mono<List<Tally>> tally(FolderKey folder) {
        return Flux.concat(
                        database.list(
                                Sql.of(TALLY, folder.prefix(), MAX_EXAMPLES),
                                UnsettledRows::example),
                        database.list(
                                Sql.of(HARD_LINKED, folder.prefix(), MAX_EXAMPLES),
                                UnsettledRows::group))
                .collectList()
                .map(examples -> joined(examples.stream().flatMap(List::stream).toList()));
    }

    private static Tally group(Cells row) {
        return new Tally(
                ErrorCode.HARD_LINKED, row.number(0), List.of(FolderKey.path(row.bytes(1))));
    }

    /** The tally of a code; there are as many of it as it has examples. */
    private static Tally example(Cells row) {
        return new Tally(
                RowColumns.code(row.small(0)),
                row.number(1),
                List.of(FolderKey.path(row.bytes(2))));
    }

    private static List<Tally> joined(List<Tally> examples) {
        Map<ErrorCode, Tally> byCode = new LinkedHashMap<>();
        for (Tally example : examples) {
            byCode.merge(example.code(), example, UnsettledRows::joined);
        }
        return List.copyOf(byCode.values());
    }

    private static Tally joined(Tally one, Tally next) {
        List<EntryPath> examples = new ArrayList<>(one.examples());
        examples.addAll(next.examples());
        return new Tally(one.code(), one.rows(), List.copyOf(examples));
    }
}
