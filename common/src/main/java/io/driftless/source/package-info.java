/**
 * What all who read a source agree on. May depend on {@code port}, {@code tree} and {@code error}.
 * Invariant: nothing here writes anything.
 */
@NullMarked
package io.driftless.source;

import org.jspecify.annotations.NullMarked;
