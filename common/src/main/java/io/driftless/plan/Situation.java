package io.driftless.plan;

import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import java.util.Optional;

/**
 * Everything that decides what is to be done at one path.
 *
 * @param desired empty where nothing is desired
 * @param actual empty where nothing is there
 * @param isManaged true where what is there was written or adopted by us
 */
public record Situation(
        EntryPath path, Optional<Entry> desired, Optional<Actual> actual, boolean isManaged) {}
