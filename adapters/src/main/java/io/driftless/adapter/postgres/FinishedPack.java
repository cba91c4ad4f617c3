package io.driftless.adapter.postgres;

import io.driftless.adapter.postgres.ArrayColumn.Type;
import io.driftless.block.BlockLocation;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.FolderId;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Says that a pack is stored: in one statement, or in a transaction of several. */
record FinishedPack(FolderKey key, FolderId folder, UUID pack, long sizeBytes) {
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
                from known k,
                    unnest($4::bytea[], $5::integer[], $6::integer[], $7::integer[], $8::smallint[])
                        as i (key, offset_bytes, stored_bytes, plain_bytes, codec)
                on conflict (key) do update
                    set pack = excluded.pack, offset_bytes = excluded.offset_bytes,
                        stored_bytes = excluded.stored_bytes, plain_bytes = excluded.plain_bytes,
                        codec = excluded.codec
                    where (select p.state from pack p where p.id = b.pack) = 3
            )
            select count(*), pg_notify('driftless_stored', $9) from known
            """;

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

    private Sql sql(List<BlockLocation> blocks) {
        ArrayColumn keys = new ArrayColumn(Type.BYTEA);
        ArrayColumn offsets = new ArrayColumn(Type.INTEGER);
        ArrayColumn stored = new ArrayColumn(Type.INTEGER);
        ArrayColumn plain = new ArrayColumn(Type.INTEGER);
        ArrayColumn codecs = new ArrayColumn(Type.SMALLINT);
        for (BlockLocation block : blocks) {
            keys.add(key.of(block.hash()));
            offsets.add(Math.toIntExact(block.offsetBytes()));
            stored.add(block.storedBytes());
            plain.add(block.block().lengthBytes());
            codecs.add((int) block.codec().number());
        }
        return Sql.of(
                FINISH,
                key.number(),
                pack,
                sizeBytes,
                keys,
                offsets,
                stored,
                plain,
                codecs,
                folder.value());
    }
}
