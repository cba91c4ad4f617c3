/**
 * All five services in one process on embedded servers, and the command line. Only the bench and
 * the testkit may depend on it. An embedded server stops with this process, even when it is killed.
 */
@NullMarked
package io.driftless.launcher;

import org.jspecify.annotations.NullMarked;
