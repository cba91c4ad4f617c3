/** Keeps requests from a service that refuses them. */
@NullMarked
package io.driftless.adapter.circuit;

import org.jspecify.annotations.NullMarked;
