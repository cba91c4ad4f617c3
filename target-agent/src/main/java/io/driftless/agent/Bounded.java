package io.driftless.agent;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What is remembered up to a number: the eldest is forgotten for the next. */
final class Bounded {
    private Bounded() {}

    static <K, V> Map<K, V> map(int max) {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > max;
            }
        };
    }

    static <T> Set<T> set(int max) {
        return Collections.newSetFromMap(map(max));
    }
}
