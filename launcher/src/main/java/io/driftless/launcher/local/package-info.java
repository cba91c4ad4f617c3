/**
 * All services in one process on embedded servers: the engine behind the command line. The only
 * place of the launcher that wires flows and adapters. Invariant: whatever is started here is
 * stopped by closing the engine.
 */
@NullMarked
package io.driftless.launcher.local;

import org.jspecify.annotations.NullMarked;
