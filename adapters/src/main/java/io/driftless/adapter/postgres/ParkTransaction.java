package io.driftless.adapter.postgres;

import io.driftless.guard.Removal;
import io.driftless.port.ParkedRemovals.Parking;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Withholds rows, all or nothing. */
final class ParkTransaction {
    /** The set under its next name, or a new one. */
    private static final String JOIN =
            """
            with renamed as (
                update parked_set set approval = $3, weight = weight + $4, joined = now()
                where folder = $1 and approval = $2 and (decided is null or $2 = $3 or ($5 and not decided))
                returning id
            ), made as (
                insert into parked_set as s (folder, approval, weight)
                select $1, $3, $4 where not exists (select from renamed)
                on conflict (folder, approval) do update
                    set weight = s.weight + excluded.weight, joined = now()
                returning id
            )
            select id from renamed union all select id from made
            """;

    /** Nothing where the set is approved: that was done before, or waits for the end of this. */
    private static final String PARK =
            """
            with withheld as (
                delete from dirty d
                using unnest($1::bytea[], $2::bigint[]) as t (key, version)
                cross join lateral (
                    select x.ctid as place from dirty x
                    where head(x.key) = head(t.key) and x.key = t.key and x.version = t.version offset 0
                ) b
                where d.ctid = b.place and d.version = t.version
                    and not exists (select from parked_set s where s.id = $3 and s.decided)
                returning d.key, d.version
            )
            insert into parked (set, version, key)
            select $3, version, key from withheld
            on conflict (head(key), tail(key)) do update set set = excluded.set, version = excluded.version
            """;

    private final Parking parking;
    private final List<Removal> removals;
    private final int batchRows;

    ParkTransaction(Parking parking, int batchRows) {
        this.parking = parking;
        this.removals = parking.removals().stream().sorted().toList();
        this.batchRows = batchRows;
    }

    Mono<Boolean> run(Database database, FolderKey folder) {
        int batches = Math.ceilDiv(removals.size(), batchRows);
        return database.transaction(
                1 + EmptySets.STATEMENTS + 2 * batches,
                session -> park(session, folder),
                isWithheld -> isWithheld);
    }

    /** A set may have lost its last member to another. */
    private Mono<Boolean> park(Session session, FolderKey folder) {
        String former = parking.former().orElse(parking.set()).value();
        Sql join =
                Sql.of(
                        JOIN,
                        folder.number(),
                        former,
                        parking.set().value(),
                        parking.weight(),
                        parking.isAbove());
        return new RowLocks(session, folder, batchRows)
                .flags(removals.stream().map(Removal::path).toList())
                .then(session.list(join, row -> row.number(0)))
                .flatMap(ids ->
                        Flux.fromIterable(removals)
                                .buffer(batchRows)
                                .concatMap(some -> session.update(park(folder, some, ids)))
                                .reduce(0L, Long::sum))
                .delayUntil(_ -> EmptySets.drop(session, folder))
                .map(withheld -> withheld > 0);
    }

    private static Sql park(FolderKey folder, List<Removal> removals, List<Long> ids) {
        return PostgresParkedRemovals.withRemovals(PARK, folder, removals, ids.getFirst());
    }
}
