package io.driftless.adapter.memory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What is stored of one folder and one kind, packs or pages, and who needs it.
 *
 * @param <K> their names
 */
final class StoredRows<K extends Comparable<? super K>> {
    private final InstantSource clock;
    private final NavigableMap<K, Row> rows = new TreeMap<>();

    /**
     * @param since of the state
     * @param needed the newest commit that is known to need it
     * @param dropped the first commit from which on none needs it; empty where one may
     * @param isFound whether searches find out if it is needed; commits say it of the others
     */
    private record Row(
            PackState state, Instant since, long needed, Optional<Long> dropped, boolean isFound) {
        Row in(PackState next, Instant now) {
            return new Row(next, state == next ? since : now, needed, dropped, isFound);
        }

        Row since(Instant now) {
            return new Row(state, now, needed, dropped, isFound);
        }

        Row needed(long seq) {
            return new Row(state, since, seq, dropped, isFound);
        }

        Row usedBy(long seq, boolean isList, Instant now) {
            Instant from = state == PackState.LIVE ? since : now;
            return new Row(PackState.LIVE, from, seq, Optional.empty(), isList);
        }

        /** What a search sees should not be dying; if it is, it must not go. */
        Row seenBy(long seq, Instant now) {
            Row rescued = state == PackState.DYING ? in(PackState.LIVE, now) : this;
            return new Row(
                    rescued.state, rescued.since, Math.max(seq, needed), Optional.empty(), isFound);
        }

        Row droppedBy(long seq) {
            return new Row(state, since, needed, Optional.of(seq), isFound);
        }

        boolean isStored() {
            return state == PackState.LIVE || state == PackState.DYING;
        }

        boolean isNeededFrom(long seq) {
            return dropped.isEmpty() || dropped.get() > seq;
        }
    }

    StoredRows(InstantSource clock) {
        this.clock = clock;
    }

    PackState state(K name) {
        Row row = rows.get(name);
        return row == null ? PackState.GONE : row.state();
    }

    boolean isStored(K name) {
        Row row = rows.get(name);
        return row != null && row.isStored();
    }

    void set(K name, PackState state) {
        Row fresh = new Row(state, clock.instant(), 0, Optional.empty(), true);
        rows.merge(name, fresh, (before, _) -> before.in(state, clock.instant()));
    }

    void beginIfAbsent(K name) {
        if (!rows.containsKey(name)) {
            set(name, PackState.UPLOADING);
        }
    }

    /** Begins anew whatever is not live. */
    void begin(K name) {
        if (state(name) != PackState.LIVE) {
            rows.remove(name);
            set(name, PackState.UPLOADING);
        }
    }

    /** True where all are there and not gone. */
    boolean areBegun(Collection<K> names) {
        return names.stream().allMatch(name -> state(name) != PackState.GONE);
    }

    void use(Collection<K> names, long seq, boolean isFound) {
        change(names, row -> row.usedBy(seq, isFound, clock.instant()));
    }

    void drop(Collection<K> names, long seq) {
        change(names, row -> row.droppedBy(seq));
    }

    void see(Collection<K> names, long seq) {
        change(names, row -> row.seenBy(seq, clock.instant()));
    }

    /** They are stored and needed, whatever was known of them. */
    void restore(Collection<K> names, boolean isFound) {
        for (K name : names) {
            set(name, PackState.LIVE);
            use(List.of(name), 0, isFound);
        }
    }

    /** What may turn gone has its time from now on. */
    void keep() {
        rows.replaceAll((_, row) -> mayTurnGone(row) ? row.since(clock.instant()) : row);
    }

    private static boolean mayTurnGone(Row row) {
        return row.state() == PackState.UPLOADING || row.state() == PackState.DYING;
    }

    /** The numbers of commits begin anew. */
    void unneeded() {
        rows.replaceAll((_, row) -> row.isFound() ? row.needed(0) : row);
    }

    /** Nothing needs what commits say of themselves that they need. */
    void dropManifests() {
        rows.replaceAll((_, row) ->
                row.isFound() || row.state() != PackState.LIVE ? row : row.droppedBy(0));
    }

    private void change(Collection<K> names, UnaryOperator<Row> change) {
        names.forEach(name -> rows.computeIfPresent(name, (_, row) -> change.apply(row)));
    }

    /** What a search that began at one commit and ended at another has not seen. */
    void dropUnseen(long began, long ended) {
        rows.replaceAll((_, row) -> {
            boolean isUnseen = row.isFound() && row.state() == PackState.LIVE;
            return isUnseen && row.dropped().isEmpty() && row.needed() < began
                    ? row.droppedBy(ended)
                    : row;
        });
    }

    long condemn(long oldestRetained, int limit) {
        List<K> condemned =
                select(
                        row -> row.state() == PackState.LIVE && !row.isNeededFrom(oldestRetained),
                        limit);
        change(condemned, row -> row.in(PackState.DYING, clock.instant()));
        return condemned.size();
    }

    List<K> bury(long oldestRetained, Duration grace, int limit) {
        List<K> buried = select(row -> isOld(row, grace) && mayGo(row, oldestRetained), limit);
        change(buried, row -> row.in(PackState.GONE, clock.instant()));
        return buried;
    }

    private static boolean mayGo(Row row, long oldestRetained) {
        return switch (row.state()) {
            case UPLOADING -> true;
            case DYING -> !row.isNeededFrom(oldestRetained);
            case LIVE, GONE -> false;
        };
    }

    private boolean isOld(Row row, Duration grace) {
        return row.since().plus(grace).isBefore(clock.instant());
    }

    List<K> buried(Duration grace, int limit) {
        return select(row -> row.state() == PackState.GONE && isOld(row, grace), limit);
    }

    void forget(Collection<K> names) {
        names.forEach(name ->
                rows.computeIfPresent(
                        name, (_, row) -> row.state() == PackState.GONE ? null : row));
    }

    List<K> needed(Optional<K> after, int limit) {
        NavigableMap<K, Row> rest = after.map(name -> rows.tailMap(name, false)).orElse(rows);
        return rest.entrySet().stream()
                .filter(row -> row.getValue().state() == PackState.LIVE)
                .filter(row -> row.getValue().dropped().isEmpty())
                .map(Map.Entry::getKey)
                .limit(limit)
                .toList();
    }

    private List<K> select(Predicate<Row> wanted, int limit) {
        return rows.entrySet().stream()
                .filter(row -> wanted.test(row.getValue()))
                .map(Map.Entry::getKey)
                .limit(limit)
                .toList();
    }
}
