/**
 * ReconcileFlow: runs on timers, orders, leases, parked removals and garbage; the HTTP API and the
 * status page. Only the launcher and the testkit may depend on it. It asks others to look and to
 * act; it never writes files or the index itself.
 */
@NullMarked
package io.driftless.reconciler;

import org.jspecify.annotations.NullMarked;
