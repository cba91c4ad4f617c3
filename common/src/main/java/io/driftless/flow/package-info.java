/**
 * The shapes that several flows share. May depend on {@code error} and Reactor only. Invariant:
 * nothing here knows what a flow does.
 */
@NullMarked
package io.driftless.flow;

import org.jspecify.annotations.NullMarked;
