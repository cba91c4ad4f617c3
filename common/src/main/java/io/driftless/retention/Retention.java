package io.driftless.retention;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;

/**
 * Decides which commits are retained. They are all from one on: the young ones, the last few, and
 * those since the oldest that a live target applies. So what a commit took out of the folder is no
 * longer needed as soon as that commit is the oldest retained one.
 *
 * @param young commits younger than this are retained
 * @param commits so many of the newest are retained, whatever their age; at least 1
 * @param silence a target that said nothing new for longer retains nothing
 */
public record Retention(Duration young, int commits, Duration silence) {
    public static final Retention DEFAULT =
            new Retention(Duration.ofHours(24), 100, Duration.ofDays(30));

    public Retention {
        if (young.isNegative() || commits < 1 || silence.isNegative()) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "Retention of %s, %d commits and %s of silence is none: it takes times of 0 and up and one commit."
                            .formatted(young, commits, silence));
        }
    }

    /**
     * The commits of a folder as they stand. Numbers may have gaps.
     *
     * @param newest the highest number there is
     * @param firstYoung the lowest number that is younger than {@link Retention#young}; empty where
     *     none is
     * @param firstOfLast the lowest number among the last {@link Retention#commits}
     */
    public record Standing(
            UUID incarnation,
            long newest,
            Optional<Long> firstYoung,
            long firstOfLast,
            List<Applying> targets) {
        public Standing {
            targets = List.copyOf(targets);
        }
    }

    /**
     * What a target last said of itself.
     *
     * @param seq the commit whose entries are desired there
     * @param left how much of it is not as desired yet; 0 for a target that needs nothing
     * @param silent how long ago it said so first
     */
    public record Applying(
            TargetId target, UUID incarnation, long seq, long left, Duration silent) {}

    /**
     * The oldest retained commit: that number or the next one there is. Never above the newest. A
     * target that never got as far as a first commit applies the newest.
     */
    public long oldestRetained(Standing standing) {
        LongStream applied =
                standing.targets().stream()
                        .filter(target -> holds(target, standing))
                        .mapToLong(Applying::seq);
        LongStream kept =
                LongStream.of(
                        standing.newest(),
                        standing.firstOfLast(),
                        standing.firstYoung().orElse(standing.newest()));
        return LongStream.concat(applied, kept).min().orElseThrow();
    }

    private boolean holds(Applying target, Standing standing) {
        boolean isLive = target.silent().compareTo(silence) <= 0;
        boolean isOurs = target.incarnation().equals(standing.incarnation());
        return isLive && isOurs && target.left() > 0 && target.seq() > 0;
    }
}
