package io.driftless.plan;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * In what an entry differs from what is there.
 *
 * @param isNew true where nothing comparable is there; then there are no aspects
 */
public record Differs(boolean isNew, Set<Aspect> aspects) {
    /** One thing in which they may differ, in the order in which it is printed. */
    public enum Aspect {
        /** The bytes, as far as they were compared. */
        CONTENT,
        SIZE,
        TIME,
        MODE,
        OWNER,
        GROUP
    }

    static final Differs NEW = new Differs(true, Set.of());

    public Differs {
        EnumSet<Aspect> copy = EnumSet.noneOf(Aspect.class);
        copy.addAll(aspects);
        aspects = Collections.unmodifiableSet(copy);
    }

    static Differs in(Set<Aspect> aspects) {
        return new Differs(false, aspects);
    }

    boolean isNothing() {
        return !isNew && aspects.isEmpty();
    }

    boolean has(Aspect aspect) {
        return aspects.contains(aspect);
    }
}
