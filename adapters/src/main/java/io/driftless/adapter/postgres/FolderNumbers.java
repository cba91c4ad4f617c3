package io.driftless.adapter.postgres;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.FolderIndex.Folder;
import io.driftless.tree.FolderId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * The short number that stands for a folder in every table. It never changes, so it is asked for
 * once.
 */
final class FolderNumbers {
    private static final String OPEN =
            """
            with made as (
                insert into folder (id, incarnation) values ($1, $2)
                on conflict (id) do nothing
                returning number, incarnation
            )
            select number, incarnation from made
            union all
            select number, incarnation from folder where id = $1
            """;

    private static final String FIND = "select number, incarnation from folder where id = $1";

    private final Database database;
    private final Map<FolderId, FolderKey> known = new ConcurrentHashMap<>();

    private record FolderRecord(FolderKey key, Folder folder) {}

    FolderNumbers(Database database) {
        this.database = database;
    }

    /** The folder's record, made where it is missing. */
    Mono<Folder> open(FolderId id, UUID incarnationIfNew) {
        return ask(id, Sql.of(OPEN, id.value(), incarnationIfNew))
                .switchIfEmpty(find(id)) // another process made it in this instant
                .doOnNext(found -> known.put(id, found.key()))
                .map(FolderRecord::folder);
    }

    /** Does something with the number of a folder that somebody opened. */
    <T> Mono<T> with(FolderId id, Function<FolderKey, Mono<T>> work) {
        return Mono.defer(
                        () -> {
                            FolderKey before = known.get(id);
                            return before == null
                                    ? find(id).map(FolderRecord::key)
                                            .doOnNext(found -> known.put(id, found))
                                    : Mono.just(before);
                        })
                .flatMap(work);
    }

    private Mono<FolderRecord> find(FolderId id) {
        return ask(id, Sql.of(FIND, id.value())).switchIfEmpty(Mono.error(() -> neverOpened(id)));
    }

    private Mono<FolderRecord> ask(FolderId id, Sql sql) {
        return database.list(sql, row -> record(id, row))
                .flatMapIterable(Function.<List<FolderRecord>>identity())
                .next();
    }

    private static FolderRecord record(FolderId id, Cells row) {
        return new FolderRecord(
                new FolderKey((short) row.small(0)), new Folder(id, row.get(1, UUID.class)));
    }

    private static SyncException neverOpened(FolderId id) {
        return new SyncException(ErrorCode.INVARIANT_BROKEN, "Folder " + id + " was never opened.");
    }
}
