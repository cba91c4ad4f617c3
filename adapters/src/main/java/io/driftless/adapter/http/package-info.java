/**
 * How a running system is asked how it is, and told what to do: both ends of the HTTP API. Services
 * and the launcher may depend on it. Invariant: beyond this machine it answers only to who knows
 * its token, and nothing here prints one.
 */
@NullMarked
package io.driftless.adapter.http;

import org.jspecify.annotations.NullMarked;
