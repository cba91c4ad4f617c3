package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.FolderId;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Says that a pack is stored: in one statement, or in a transaction of several. */
record FinishedPack(FolderKey key, FolderId folder, UUID pack, long sizeBytes) {
    /** The end of a statement: where blocks lie from now on, also if they had a place before. */
    static final String PLACING =
            """
            unnest($4::bytea[], $5::integer[], $6::integer[], $7::integer[], $8::smallint[])
                    as i (key, offset_bytes, stored_bytes, plain_bytes, codec)
            on conflict (key) do update
                set pack = excluded.pack, offset_bytes = excluded.offset_bytes,
                    stored_bytes = excluded.stored_bytes, plain_bytes = excluded.plain_bytes,
                    codec = excluded.codec
            """;

    /** A pack that was finished already may be finished again; one that was given up may not. */
    private static final String FINISH =
            """
            with finished as (
                update pack set state = 1, size_bytes = $3, since = now()
                where id = $2 and folder = $1 and state = 0
                returning id
            ), known as (
                select id from finished
                union all
                select id from pack where id = $2 and folder = $1 and state in (1, 2)
            ), stored as (
                insert into block as b (pack, offset_bytes, stored_bytes, plain_bytes, codec, key)
                select k.id, i.offset_bytes, i.stored_bytes, i.plain_bytes, i.codec, i.key
                from known k, %s
                    where (select p.state from pack p where p.id = b.pack) = 3
            )
            select count(*), pg_notify('driftless_stored', $9) from known
            """
                    .formatted(PLACING);

    Mono<Void> save(Database database, List<List<BlockLocation>> batches) {
        return batches.size() == 1
                ? database.list(sql(batches.getFirst()), FinishedPack::isKnown)
                        .doOnNext(this::check)
                        .then()
                : database.transaction(batches.size(), session -> saveAll(session, batches)).then();
    }

    private Mono<Long> saveAll(Session session, List<List<BlockLocation>> batches) {
        return Flux.fromIterable(batches)
                .concatMap(batch -> session.list(sql(batch), FinishedPack::isKnown))
                .doOnNext(this::check)
                .count();
    }

    private static boolean isKnown(Cells row) {
        return row.number(0) > 0;
    }

    private void check(List<Boolean> isKnown) {
        if (!isKnown.getFirst()) {
            throw new SyncException(
                    ErrorCode.STORE_OBJECT_MISSING,
                    "Pack " + pack + " was not begun, or was given up before it ended.");
        }
    }

    /**
     * Each block once, in the order in which everybody locks them; one empty batch where there are
     * none.
     */
    static List<List<BlockLocation>> batches(List<BlockLocation> blocks, int batchRows) {
        SortedMap<BlockHash, BlockLocation> byHash = new TreeMap<>();
        blocks.forEach(block -> byHash.put(block.hash(), block));
        List<BlockLocation> sorted = List.copyOf(byHash.values());
        List<List<BlockLocation>> batches = new ArrayList<>();
        int begin = 0;
        do {
            int end = Math.min(begin + batchRows, sorted.size());
            batches.add(sorted.subList(begin, end));
            begin = end;
        } while (begin < sorted.size());
        return batches;
    }

    private Sql sql(List<BlockLocation> blocks) {
        Columns columns = Columns.of(key, blocks);
        return Sql.of(
                FINISH,
                key.number(),
                pack,
                sizeBytes,
                columns.keys(),
                columns.offsets(),
                columns.stored(),
                columns.plain(),
                columns.codecs(),
                folder.value());
    }

    /** A statement of the folder, the pack, its least size, and where blocks lie in it. */
    static Sql placing(String text, FolderKey key, UUID pack, List<BlockLocation> blocks) {
        Columns columns = Columns.of(key, blocks);
        long size = blocks.stream().mapToLong(BlockLocation::endBytes).max().orElse(0);
        return Sql.of(
                text,
                key.number(),
                pack,
                size,
                columns.keys(),
                columns.offsets(),
                columns.stored(),
                columns.plain(),
                columns.codecs());
    }

    private record Columns(
            ArrayColumn keys,
            ArrayColumn offsets,
            ArrayColumn stored,
            ArrayColumn plain,
            ArrayColumn codecs) {
        static Columns of(FolderKey key, List<BlockLocation> blocks) {
            Columns columns =
                    new Columns(
                            new ArrayColumn(Type.BYTEA),
                            new ArrayColumn(Type.INTEGER),
                            new ArrayColumn(Type.INTEGER),
                            new ArrayColumn(Type.INTEGER),
                            new ArrayColumn(Type.SMALLINT));
            for (BlockLocation block : blocks) {
                columns.keys.add(key.of(block.hash()));
                columns.offsets.add(Math.toIntExact(block.offsetBytes()));
                columns.stored.add(block.storedBytes());
                columns.plain.add(block.block().lengthBytes());
                columns.codecs.add((int) block.codec().number());
            }
            return columns;
        }
    }
}
