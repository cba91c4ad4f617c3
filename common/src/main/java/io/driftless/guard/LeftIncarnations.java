package io.driftless.guard;

import io.driftless.event.Commit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The incarnations of a folder that a target stood at and left for another one. A record of one of
 * them may come late, or be sent again by somebody: it must not take the target back. The one that
 * is published now is told from it by the time when it was signed, which is compared with times of
 * other commits only, never with a clock of the target's machine.
 *
 * @param all the last {@link #MAX} of them, the one that was left last at the end
 */
public record LeftIncarnations(List<Left> all) {
    public static final int MAX = 8;
    public static final LeftIncarnations NONE = new LeftIncarnations(List.of());

    /**
     * @param until what was signed no later than this is of the time before it was left
     */
    public record Left(UUID incarnation, Instant until) {}

    public LeftIncarnations {
        all = List.copyOf(all);
    }

    /**
     * True where this was left, and whatever is known of it was signed before.
     *
     * @param signed when its last commit that was heard of was signed
     */
    public boolean isPast(UUID incarnation, Instant signed) {
        return find(incarnation).filter(left -> !signed.isAfter(left.until())).isPresent();
    }

    /**
     * With one more, or again. A folder that is made anew is so after everything that was signed
     * before it. To go back is another matter: the clock of the one that is gone back to may have
     * been wrong, and the one that is left must not wait for that time to come, so only what was
     * seen of it counts.
     *
     * @param seen when its last commit that was heard of was signed
     */
    public LeftIncarnations leave(UUID from, Optional<Instant> seen, Commit to) {
        Instant until = seen.orElse(Instant.EPOCH);
        if (find(to.incarnation()).isEmpty()) {
            until = later(until, to.time());
        }
        Instant before = find(from).map(Left::until).orElse(Instant.EPOCH);
        List<Left> next = new ArrayList<>(all);
        next.removeIf(left -> left.incarnation().equals(from));
        next.add(new Left(from, later(until, before)));
        return new LeftIncarnations(next.subList(Math.max(0, next.size() - MAX), next.size()));
    }

    private Optional<Left> find(UUID incarnation) {
        return all.stream().filter(left -> left.incarnation().equals(incarnation)).findAny();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
