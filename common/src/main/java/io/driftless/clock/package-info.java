/**
 * How far the clocks of other machines are off ours. May depend on {@code error} and Reactor only.
 * Invariant: nothing waits for a clock, and ours is handed in.
 */
@NullMarked
package io.driftless.clock;

import org.jspecify.annotations.NullMarked;
