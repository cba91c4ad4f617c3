/**
 * Where the systems of this machine answer: on loopback, found by a file in their state directory.
 * Only the command line may depend on it. Invariant: the file is there only while one answers, or
 * after it was killed.
 */
@NullMarked
package io.driftless.launcher.status;

import org.jspecify.annotations.NullMarked;
