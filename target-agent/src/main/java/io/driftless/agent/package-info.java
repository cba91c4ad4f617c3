/**
 * ApplyFlow: a commit becomes the desired tree, a plan, staged files, and applied files; also the
 * scans and repairs of a target. Only the launcher and the testkit may depend on it. It is the one
 * writer below a managed root, and it holds no database driver.
 */
@NullMarked
package io.driftless.agent;

import org.jspecify.annotations.NullMarked;
