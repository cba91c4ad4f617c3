/** Keeps requests from a service that refuses them, and tells which of them it refuses. */
@NullMarked
package io.driftless.adapter.circuit;

import org.jspecify.annotations.NullMarked;
