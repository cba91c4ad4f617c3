package io.driftless.committed;

import io.driftless.block.BlockHash;
import io.driftless.block.BlockRef;
import io.driftless.event.Order;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Blocks that committed files need and that have no place, and which targets are asked for which of
 * them. First the source has its chance. Then a question stands until all its blocks have a place;
 * one that moves nothing for a while makes room for the next: the same targets are asked for other
 * blocks, and after all of them others are. So every target is asked for every block in the end,
 * and who gives is asked on. For one thread.
 */
public final class WantedBlocks {
    /** Others that are lost are found when these have a place. */
    public static final int MOST_KNOWN = 8_192;

    /** Each target that holds a block sends it: a few are enough. */
    private static final int TARGETS_AT_ONCE = 3;

    private final Duration chance;
    private final Duration patience;
    private final SequencedMap<BlockHash, BlockRef> lost = new LinkedHashMap<>();
    private Instant since = Instant.EPOCH;
    private Question question = Question.NONE;
    private int nextTarget;

    /** So many blocks these targets were not asked for yet. */
    private int toAsk;

    /**
     * What is asked of some targets.
     *
     * @param moved when it was asked first, or a block of it found its place
     */
    public record Question(List<BlockHash> blocks, List<TargetId> targets, Instant moved) {
        public static final Question NONE = new Question(List.of(), List.of(), Instant.MIN);

        public Question {
            blocks = List.copyOf(blocks);
            targets = List.copyOf(targets);
        }

        public boolean isNone() {
            return targets.isEmpty();
        }

        /** What is wanted of a target. */
        public List<BlockHash> of(TargetId target) {
            return targets.contains(target) ? blocks : List.of();
        }
    }

    /**
     * @param chance how long the source has time before targets are asked
     * @param patience how long a question stands that moves nothing
     */
    public WantedBlocks(Duration chance, Duration patience) {
        this.chance = chance;
        this.patience = patience;
    }

    /** A search through all committed entries ended: these have no place, and no others. */
    public void found(Collection<BlockRef> lacking, Instant now) {
        Map<BlockHash, BlockRef> found =
                lacking.stream()
                        .limit(MOST_KNOWN)
                        .collect(
                                Collectors.toMap(
                                        BlockRef::hash,
                                        ref -> ref,
                                        (one, _) -> one,
                                        LinkedHashMap::new));
        if (lost.isEmpty()) {
            since = now;
        }
        lost.keySet().retainAll(found.keySet());
        found.forEach(lost::putIfAbsent);
    }

    /** These have a place by now, whoever gave them. */
    public void placed(Set<BlockHash> blocks, Instant now) {
        if (lost.keySet().removeAll(blocks)) {
            question = new Question(question.blocks(), question.targets(), now);
        }
    }

    public boolean isEmpty() {
        return lost.isEmpty();
    }

    /** The block, with its length, where it is lost. */
    public Optional<BlockRef> lost(BlockHash block) {
        return Optional.ofNullable(lost.get(block));
    }

    /** Of the blocks that are asked for, those that are still lost. */
    public Set<BlockHash> asked() {
        return question.blocks().stream().filter(lost::containsKey).collect(Collectors.toSet());
    }

    /**
     * What is asked from now on.
     *
     * @param askable targets that are there, those first that probably hold everything
     */
    public Question ask(List<TargetId> askable, Instant now) {
        boolean isForTheSource = now.isBefore(since.plus(chance));
        if (lost.isEmpty() || askable.isEmpty() || isForTheSource) {
            question = Question.NONE;
        } else if (asked().isEmpty()) {
            question = next(question.isNone() ? nextOf(askable) : sameOf(askable), now);
        } else if (!now.isBefore(question.moved().plus(patience))) {
            question.blocks().forEach(this::putOff);
            toAsk = Math.min(toAsk, lost.size()) - question.blocks().size();
            question = next(toAsk > 0 ? sameOf(askable) : nextOf(askable), now);
        }
        return question;
    }

    private List<TargetId> sameOf(List<TargetId> askable) {
        List<TargetId> same = question.targets().stream().filter(askable::contains).toList();
        return same.isEmpty() ? nextOf(askable) : same;
    }

    private void putOff(BlockHash block) {
        BlockRef ref = lost.get(block);
        if (ref != null) {
            lost.putLast(block, ref);
        }
    }

    private Question next(List<TargetId> targets, Instant now) {
        List<BlockHash> first = lost.sequencedKeySet().stream().limit(Order.MAX_WANTED).toList();
        return new Question(first, targets, now);
    }

    private List<TargetId> nextOf(List<TargetId> askable) {
        int begin = nextTarget % askable.size();
        List<TargetId> fromThere = new ArrayList<>(askable.subList(begin, askable.size()));
        fromThere.addAll(askable.subList(0, begin));
        nextTarget = begin + TARGETS_AT_ONCE;
        toAsk = lost.size();
        return fromThere.stream().limit(TARGETS_AT_ONCE).toList();
    }
}
