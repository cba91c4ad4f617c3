package io.driftless.adapter.postgres;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.BlockRef;
import io.driftless.port.PackIndex;
import io.driftless.tree.FolderId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Packs and blocks, in tables {@code pack} and {@code block}. */
final class PostgresPackIndex implements PackIndex {
    private static final String LOCATE =
            """
            select b.key, b.plain_bytes, b.pack, b.offset_bytes, b.stored_bytes, b.codec
            from unnest($1::bytea[]) as i (key)
            cross join lateral (select * from block x where x.key = i.key offset 0) b
            cross join lateral (select from pack p where p.id = b.pack and p.state in (1, 2) offset 0) p
            """;

    private static final String BEGIN =
            """
            insert into pack (id, folder, state) select id, $1, 0 from unnest($2::uuid[]) as i (id)
            on conflict (id) do nothing
            """;

    private static final String NOTIFY = "select pg_notify('driftless_stored', $1)";

    private final Database database;
    private final FolderNumbers folders;
    private final StoredSignals signals;
    private final int batchRows;

    PostgresPackIndex(
            Database database, FolderNumbers folders, StoredSignals signals, int batchRows) {
        this.database = database;
        this.folders = folders;
        this.signals = signals;
        this.batchRows = batchRows;
    }

    @Override
    public Mono<Map<BlockHash, BlockLocation>> locate(FolderId folder, Set<BlockHash> blocks) {
        return folders.with(
                folder,
                key ->
                        Flux.fromIterable(blocks)
                                .buffer(batchRows)
                                .concatMap(some ->
                                        database.list(
                                                Sql.of(LOCATE, key.ofHashes(some)),
                                                PostgresPackIndex::location))
                                .collect(HashMap::new, PostgresPackIndex::addAll));
    }

    private static void addAll(Map<BlockHash, BlockLocation> map, List<BlockLocation> locations) {
        locations.forEach(location -> map.put(location.hash(), location));
    }

    static BlockLocation location(Cells row) {
        return new BlockLocation(
                new BlockRef(BlockHash.ofBytes(row.bytes(0), FolderKey.PREFIX_BYTES), row.small(1)),
                row.get(2, UUID.class),
                row.small(3),
                row.small(4),
                BlockLocation.Codec.of(row.small(5)));
    }

    @Override
    public Mono<Void> beginPacks(FolderId folder, List<UUID> packs) {
        return folders.with(
                folder,
                key ->
                        database.update(Sql.of(BEGIN, key.number(), ArrayColumn.ofIds(packs)))
                                .then());
    }

    @Override
    public Mono<Void> finishPack(
            FolderId folder, UUID pack, long sizeBytes, List<BlockLocation> blocks) {
        return folders.with(
                folder,
                key -> {
                    FinishedPack finished = new FinishedPack(key, folder, pack, sizeBytes);
                    return finished.save(database, FinishedPack.batches(blocks, batchRows));
                });
    }

    @Override
    public Flux<FolderId> stored() {
        return signals.flux();
    }

    @Override
    public Mono<Void> announce(FolderId folder) {
        return database.list(Sql.of(NOTIFY, folder.value()), _ -> folder).then();
    }
}
