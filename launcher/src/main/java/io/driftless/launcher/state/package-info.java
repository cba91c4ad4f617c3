/**
 * The directory that is kept between runs. May depend on the core. Invariant: one process at a time
 * has it.
 */
@NullMarked
package io.driftless.launcher.state;

import org.jspecify.annotations.NullMarked;
