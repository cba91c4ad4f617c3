package io.driftless.adapter.postgres;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Run;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Full scans of the source, in table {@code run}. */
final class RunTable {
    private static final String FIND =
            """
            select r.id, f.id, r.began, r.cursor_key, r.looked, r.ended, r.end_version
            from run r join folder f on f.number = r.folder
            where r.id = $1
            """;

    private static final String BEGIN =
            "insert into run (id, folder, began) values ($1, $2, $3) on conflict (id) do nothing";

    private static final String ADVANCE =
            "update run set cursor_key = $2, looked = $3 where id = $1 and ended is null";

    private static final String END =
            """
            update run
            set ended = $2,
                end_version = (%s)
            where id = $1 and ended is null
            """
                    .formatted(PostgresFolderIndex.LATEST);

    private final Database database;
    private final FolderNumbers folders;

    RunTable(Database database, FolderNumbers folders) {
        this.database = database;
        this.folders = folders;
    }

    Mono<Run> begin(FolderId folder, UUID id, Instant now) {
        return folders.with(
                folder,
                key -> database.update(Sql.of(BEGIN, id, key.number(), now)).then(required(id)));
    }

    Mono<Void> advance(UUID id, EntryPath cursor, long looked) {
        return database.update(Sql.of(ADVANCE, id, cursor.key(), looked)).then();
    }

    Mono<Run> end(UUID id, Instant now) {
        return database.update(Sql.of(END, id, now)).then(required(id));
    }

    Mono<Optional<Run>> find(UUID id) {
        return database.list(Sql.of(FIND, id), RunTable::run)
                .map(found -> found.stream().findFirst());
    }

    private Mono<Run> required(UUID id) {
        return find(id).map(found -> found.orElseThrow(() -> neverBegun(id)));
    }

    private static SyncException neverBegun(UUID id) {
        return new SyncException(ErrorCode.INVARIANT_BROKEN, "Run " + id + " was never begun.");
    }

    private static Run run(Cells row) {
        return new Run(
                row.get(0, UUID.class),
                new FolderId(row.get(1, String.class)),
                row.get(2, Instant.class),
                row.find(3, byte[].class).map(EntryPath::ofKey),
                row.number(4),
                row.find(5, Instant.class),
                row.find(6, Long.class).map(Version::new));
    }
}
