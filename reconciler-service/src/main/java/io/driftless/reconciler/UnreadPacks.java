package io.driftless.reconciler;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Packs that the store could not read although it answered. One failure may pass; a pack that fails
 * again and again for a while is lost, though its object is there. Bounded: the eldest are
 * forgotten and begin anew. For one thread at a time.
 */
final class UnreadPacks {
    private static final int TRIES = 3;
    private static final int MAX_REMEMBERED = 1_000;

    private final Duration patience;
    private final Map<UUID, Tried> tried =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<UUID, Tried> eldest) {
                    return size() > MAX_REMEMBERED;
                }
            };

    private record Tried(Instant first, int times) {}

    /**
     * @param patience a pack is not lost before
     */
    UnreadPacks(Duration patience) {
        this.patience = patience;
    }

    /** Remembers one more failure; true where the pack is lost. */
    boolean isLost(UUID pack, Instant now) {
        Tried one =
                tried.merge(
                        pack,
                        new Tried(now, 1),
                        (before, _) -> new Tried(before.first(), before.times() + 1));
        return one.times() >= TRIES && !now.isBefore(one.first().plus(patience));
    }

    void wasRead(UUID pack) {
        tried.remove(pack);
    }
}
