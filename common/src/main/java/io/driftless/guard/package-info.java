/**
 * How much a folder may lose before somebody is asked. May depend on {@code path}, {@code tree} and
 * {@code block}. Invariant: nothing here knows where removals are kept while they wait.
 */
@NullMarked
package io.driftless.guard;

import org.jspecify.annotations.NullMarked;
