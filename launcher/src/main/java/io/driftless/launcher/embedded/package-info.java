/**
 * The servers that run inside or beside this process where nobody provides them. Only the launcher,
 * the bench and the testkit may depend on it. An embedded server keeps its data through kill -9 of
 * itself and of this process, and does not outlive this process.
 */
@NullMarked
package io.driftless.launcher.embedded;

import org.jspecify.annotations.NullMarked;
