package io.driftless.adapter.postgres;

import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.tree.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One list of row writes: sent in one statement, or in a transaction of several. */
final class RowWriter {
    private final List<RowWrite> writes;
    private final Version began;
    private final int batchRows;

    private record Written(EntryPath path, Version version) {
        static Written of(Cells row) {
            return new Written(FolderKey.path(row.bytes(0)), new Version(row.number(1)));
        }
    }

    RowWriter(List<RowWrite> writes, Version began, int batchRows) {
        this.writes = List.copyOf(writes);
        this.began = began;
        this.batchRows = batchRows;
    }

    Mono<List<Optional<Version>>> write(Database database, FolderKey folder) {
        List<List<Integer>> batches = batches();
        Mono<List<List<Written>>> written =
                switch (batches.size()) {
                    case 0 -> Mono.just(List.of());
                    case 1 ->
                            database.list(sql(folder, batches.getFirst()), Written::of)
                                    .map(List::of);
                    default ->
                            database.transaction(
                                    batches.size(), session -> writeAll(session, folder, batches));
                };
        return written.map(outcome -> versions(batches, outcome));
    }

    private Mono<List<List<Written>>> writeAll(
            Session session, FolderKey folder, List<List<Integer>> batches) {
        return Flux.fromIterable(batches)
                .concatMap(batch -> session.list(sql(folder, batch), Written::of))
                .collectList();
    }

    private Sql sql(FolderKey folder, List<Integer> batch) {
        return RowBatch.write(folder, batch.stream().map(writes::get).toList(), began);
    }

    /**
     * Places in {@link #writes}, by path: all who write take locks in that order. A path that comes
     * twice begins a new batch, since a statement sees each row once.
     */
    private List<List<Integer>> batches() {
        List<Integer> places = new ArrayList<>();
        for (int place = 0; place < writes.size(); place++) {
            places.add(place);
        }
        places.sort(Comparator.comparing(place -> writes.get(place).path()));
        List<List<Integer>> batches = new ArrayList<>();
        List<Integer> batch = List.of();
        for (int place : places) {
            if (batch.isEmpty()
                    || batch.size() == batchRows
                    || isSamePath(batch.getLast(), place)) {
                batch = new ArrayList<>();
                batches.add(batch);
            }
            batch.add(place);
        }
        return batches;
    }

    private boolean isSamePath(int one, int other) {
        return writes.get(one).path().equals(writes.get(other).path());
    }

    private List<Optional<Version>> versions(
            List<List<Integer>> batches, List<List<Written>> written) {
        List<Optional<Version>> versions =
                new ArrayList<>(Collections.nCopies(writes.size(), Optional.empty()));
        for (int i = 0; i < batches.size(); i++) {
            Map<EntryPath, Version> byPath = new HashMap<>();
            written.get(i).forEach(row -> byPath.put(row.path(), row.version()));
            for (int place : batches.get(i)) {
                versions.set(place, Optional.ofNullable(byPath.get(writes.get(place).path())));
            }
        }
        return versions;
    }
}
