/**
 * The settings and the client of PostgreSQL. Only services that work on the index may depend on it:
 * the agent does not, and has no driver. Invariant: the tables are up to date before a flow uses
 * them.
 */
@NullMarked
package io.driftless.hosting.postgres;

import org.jspecify.annotations.NullMarked;
