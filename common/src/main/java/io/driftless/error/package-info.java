/**
 * Stable error codes and the one exception that carries them. Every other package may depend on it;
 * it depends on nothing.
 */
@NullMarked
package io.driftless.error;

import org.jspecify.annotations.NullMarked;
