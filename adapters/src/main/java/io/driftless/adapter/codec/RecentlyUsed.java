package io.driftless.adapter.codec;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps what was used of late, as long as the weights add up to no more than the limit. */
final class RecentlyUsed<K, V> {
    private final long maxWeight;
    private final Map<K, Weighed<V>> items = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    private record Weighed<V>(V value, int weight) {}

    RecentlyUsed(long maxWeight) {
        this.maxWeight = maxWeight;
    }

    synchronized Optional<V> get(K key) {
        return Optional.ofNullable(items.get(key)).map(Weighed::value);
    }

    synchronized void put(K key, V value, int itsWeight) {
        remove(key);
        if (itsWeight > maxWeight) {
            return;
        }
        items.put(key, new Weighed<>(value, itsWeight));
        weight += itsWeight;
        Iterator<Weighed<V>> oldest = items.values().iterator();
        while (weight > maxWeight) {
            weight -= oldest.next().weight();
            oldest.remove();
        }
    }

    synchronized void remove(K key) {
        @Nullable Weighed<V> removed = items.remove(key);
        if (removed != null) {
            weight -= removed.weight();
        }
    }
}
