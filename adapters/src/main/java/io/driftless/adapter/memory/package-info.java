/**
 * Every port in memory, for tests and the simulation. Anything above the adapters may depend on it.
 * It passes the same contract suite as the real adapter.
 */
@NullMarked
package io.driftless.adapter.memory;

import org.jspecify.annotations.NullMarked;
