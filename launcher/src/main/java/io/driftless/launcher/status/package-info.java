/**
 * How a running system is asked how it is: HTTP on loopback, found by a file in its state
 * directory. Invariant: it is read-only and answers nobody but this machine.
 */
@NullMarked
package io.driftless.launcher.status;

import org.jspecify.annotations.NullMarked;
