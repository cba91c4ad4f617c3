/**
 * The shapes that several flows share. May depend on {@code error} and Reactor only. Invariant:
 * nothing here holds state beyond one subscription.
 */
@NullMarked
package io.driftless.flow;

import org.jspecify.annotations.NullMarked;
