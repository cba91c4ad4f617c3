/**
 * All flows in one thread on virtual time over in-memory ports, with random edits and faults from
 * one seed. May depend on everything; nothing depends on it. Invariant: the same seed gives the
 * same run.
 */
@NullMarked
package io.driftless.testkit.simulation;

import org.jspecify.annotations.NullMarked;
