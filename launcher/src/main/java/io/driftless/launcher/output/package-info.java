/**
 * How people and machines are told. May depend on the engine's values. Invariant: no control
 * character of a name or a message reaches the terminal.
 */
@NullMarked
package io.driftless.launcher.output;

import org.jspecify.annotations.NullMarked;
