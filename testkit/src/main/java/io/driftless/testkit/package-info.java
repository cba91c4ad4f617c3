/**
 * Contract suites for ports, faulty ports, the simulation, and the tests that need servers. Nothing
 * may depend on it. A failure prints the seed that repeats it.
 */
@NullMarked
package io.driftless.testkit;

import org.jspecify.annotations.NullMarked;
